const SECRET_ARN = /^arn:aws[a-z-]*:secretsmanager:[a-z0-9-]+:\d{12}:secret:[\w/+=.@-]+-[A-Za-z0-9]{6}$/;

/** Whether a text is the complete ARN of a secret, which is how the stage settings and rules name one. */
export const isSecretArn = (text: string): boolean => SECRET_ARN.test(text);
