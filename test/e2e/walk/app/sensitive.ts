/** A secret that the rules may refer to. */
export const SENSITIVE_SECRET = 'arn:aws:secretsmanager:us-east-1:000000000000:secret:walked-AbCdEf';
