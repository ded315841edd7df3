import { randomBytes } from 'node:crypto';
import { describeSecretFault } from '../../ops/secrets/signing-secret.ts';
import { InvalidSettingError } from '../errors.ts';
import type { StackModel } from '../template/model.ts';
import type { AwsCaller } from './caller.ts';

/** Length of the keys that Svix generates. */
const KEY_BYTES = 24;

export const generateWebhookSecret = (): string => `whsec_${randomBytes(KEY_BYTES).toString('base64')}`;

/**
 * Checks a signing secret by the rule of `secret set`.
 * @returns it without the white space around it
 * @throws InvalidSettingError when it could never verify anything, or has a length that Svix does not generate; the
 * message does not repeat the value
 */
export function checkWebhookSecret(secret: string): string {
  const fault = describeSecretFault(secret);
  if (fault === undefined) return secret.trim();
  throw new InvalidSettingError(`WEBHOOK_SECRET ${fault.problem}`, {
    next: `${fault.next}, or unset it to have one generated`,
  });
}

/** The values of the secrets; `null` leaves one empty. */
export interface SecretValues {
  readonly secret: string | null;
  readonly apiKey: string | null;
}

/**
 * Gives the product's secrets their first values. They are known by the outputs: a function of the customer's may have a
 * variable of the same name for a secret of its own, which must not get a key of Cyberdesk's.
 * @param given which of the values also replace what is kept
 * @returns the current values
 */
export async function seedSecrets(
  { outputs }: Pick<StackModel, 'outputs'>,
  aws: AwsCaller,
  values: SecretValues,
  given: Readonly<Record<keyof SecretValues, boolean>>,
): Promise<SecretValues> {
  const seed = async (SecretId: string | undefined, name: keyof SecretValues): Promise<string | null> => {
    const value = values[name];
    if (SecretId === undefined) return value;
    const current = await currentValue(aws, SecretId);
    if (current !== undefined && !given[name]) return current;
    if (value !== null && current !== value)
      await aws.call('secretsmanager', 'PutSecretValue', { SecretId, SecretString: value });
    return value;
  };
  return {
    secret: await seed(outputs.SigningSecretName, 'secret'),
    apiKey: await seed(outputs.ApiKeySecretName, 'apiKey'),
  };
}

/** The current value of a secret; undefined if it has none. */
export async function currentValue(aws: AwsCaller, SecretId: string): Promise<string | undefined> {
  const found = aws.call<{ SecretString: string }>('secretsmanager', 'GetSecretValue', { SecretId });
  return found.then(
    ({ SecretString }) => SecretString,
    () => undefined,
  );
}

/**
 * Gives secrets that rules name their values, by name or ARN.
 * @throws InvalidSettingError for one that the stage does not have
 */
export async function seedNamedSecrets(
  aws: AwsCaller,
  secrets: Readonly<Record<string, string>>,
): Promise<void> {
  for (const [SecretId, SecretString] of Object.entries(secrets)) {
    await aws.call('secretsmanager', 'PutSecretValue', { SecretId, SecretString }).catch((cause: Error) => {
      throw new InvalidSettingError(`LOCAL_SECRETS names "${SecretId}", which the stage has no secret of`, {
        next: 'add its ARN to sensitiveSecretArns in stages.ts, or correct the name',
        cause,
      });
    });
  }
}
