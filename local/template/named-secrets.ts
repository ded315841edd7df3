import type { SecretModel } from './model.ts';
import type { StackReader } from './stack-reader.ts';

/** The environment variable by which the processor knows the secrets that rules may refer to. */
const VARIABLE = 'SENSITIVE_SECRET_ARNS';

/** Secrets that the stack names and does not make: in AWS they exist before it. Here they exist without a value. */
export function namedSecrets(reader: StackReader): SecretModel[] {
  const arns = reader.all('AWS::Lambda::Function').flatMap(({ properties }) => {
    const environment = properties.Environment as { Variables?: Record<string, unknown> } | undefined;
    return String(environment?.Variables?.[VARIABLE] ?? '').split(',');
  });
  return [...new Set(arns)]
    .filter((arn) => arn !== '')
    .map((arn) => {
      // The last part of a complete ARN is the name and six random characters.
      const name = arn.split(':').at(-1)?.slice(0, -'-xxxxxx'.length) ?? arn;
      return {
        logicalId: name,
        label: name,
        name,
        arn,
        description: undefined,
        keyId: undefined,
        policy: undefined,
      };
    });
}
