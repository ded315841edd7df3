export const ACCOUNT = '123456789012';
/** A secret that exists beforehand. */
export const PORTAL = `arn:aws:secretsmanager:eu-central-1:${ACCOUNT}:secret:claims-portal-AbCdEf`;
