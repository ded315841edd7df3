import { randomBytes } from 'node:crypto';
import { isSigningSecret } from '../../lambda/core/authenticate/index.ts';
import { InvalidSettingError } from '../errors.ts';
import type { FunctionModel } from '../template/model.ts';
import type { AwsCaller } from './caller.ts';

/** The environment variables by which functions name the two secrets. */
const SIGNING_SECRET_VARIABLE = 'SIGNING_SECRET_ARN';
const API_KEY_VARIABLE = 'API_KEY_SECRET_ARN';

/** Svix generates keys of this length. */
const KEY_BYTES = 24;

/** A new signing secret in Svix's form. */
export function generateWebhookSecret(): string {
  return `whsec_${randomBytes(KEY_BYTES).toString('base64')}`;
}

/**
 * Checks a signing secret, by the rule of the verifier itself.
 * @throws InvalidSettingError for what could never verify anything; the value is not repeated
 */
export function checkWebhookSecret(secret: string): string {
  if (isSigningSecret(secret)) return secret;
  throw new InvalidSettingError(
    'WEBHOOK_SECRET is malformed: it must be "whsec_" and base64, as the Svix portal shows it; unset it to have one generated.',
  );
}

/** Gives the stack's secrets their first values; `null` leaves one empty. */
export async function seedSecrets(
  functions: readonly FunctionModel[],
  aws: AwsCaller,
  values: { readonly webhookSecret: string | null; readonly apiKey: string | null },
): Promise<void> {
  const seeds = [
    [SIGNING_SECRET_VARIABLE, values.webhookSecret],
    [API_KEY_VARIABLE, values.apiKey],
  ] as const;
  for (const [variable, value] of seeds) {
    const ids = new Set(functions.flatMap((fn) => fn.environment[variable] ?? []));
    if (value === null) continue;
    for (const SecretId of ids)
      await aws.call('secretsmanager', 'PutSecretValue', { SecretId, SecretString: value });
  }
}
