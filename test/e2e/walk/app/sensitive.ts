/** A secret that the stage names for the rules. */
export const SENSITIVE_SECRET = 'arn:aws:secretsmanager:us-east-1:000000000000:secret:walked-AbCdEf';
