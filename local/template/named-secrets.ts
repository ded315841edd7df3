import type { SecretModel } from './model.ts';
import { environmentOf } from './read-functions.ts';
import type { StackReader } from './stack-reader.ts';

/** The environment variable that lists the secrets that rules may refer to. */
const VARIABLE = 'SENSITIVE_SECRET_ARNS';

/** Secrets that the stack names but does not create. In AWS they exist beforehand; here they exist without a value. */
export function namedSecrets(reader: StackReader): SecretModel[] {
  const functions = reader.all('AWS::Lambda::Function');
  const arns = functions.flatMap((fn) => (environmentOf(fn)[VARIABLE] ?? '').split(','));
  return [...new Set(arns)]
    .filter((arn) => arn !== '')
    .map((arn) => {
      // A complete ARN ends in the name, a hyphen and six random characters.
      const name = arn.split(':').at(-1)?.slice(0, -'-xxxxxx'.length) ?? arn;
      const none = { description: undefined, keyId: undefined, policy: undefined };
      return { logicalId: name, label: name, name, arn, ...none };
    });
}
