import { randomBytes } from 'node:crypto';
import type { AwsCaller } from './aws/caller.ts';
import { BadSetting } from './errors.ts';
import type { FunctionModel } from './template/model.ts';

/** The environment variables by which functions name the two secrets. */
const signingSecretVariable = 'SIGNING_SECRET_ARN';
const apiKeyVariable = 'API_KEY_SECRET_ARN';

/** Svix's keys have 24 to 64 bytes. */
const leastKeyBytes = 24;
const mostKeyBytes = 64;

/** A new signing secret in Svix's form. */
export function generateWebhookSecret(): string {
  return `whsec_${randomBytes(leastKeyBytes).toString('base64')}`;
}

/**
 * Checks a signing secret.
 * @throws BadSetting for anything but `whsec_` and the base64 of 24 to 64 bytes; the value is not repeated
 */
export function checkWebhookSecret(secret: string): string {
  const encoded = /^whsec_([A-Za-z0-9+/]+={0,2})$/.exec(secret)?.[1] ?? '';
  const key = Buffer.from(encoded, 'base64');
  const whole = key.toString('base64').replace(/=+$/, '') === encoded.replace(/=+$/, '');
  if (whole && key.length >= leastKeyBytes && key.length <= mostKeyBytes) return secret;
  throw new BadSetting(
    `WEBHOOK_SECRET is malformed: it must be whsec_ and the base64 of ${leastKeyBytes} to ${mostKeyBytes} bytes, as the Svix portal shows it; unset it to have one generated.`,
  );
}

/** Gives the stack's secrets their first values; `null` leaves one empty. */
export async function seedSecrets(
  functions: readonly FunctionModel[],
  aws: AwsCaller,
  values: { readonly webhookSecret: string | null; readonly apiKey: string | null },
): Promise<void> {
  const seeds = [
    [signingSecretVariable, values.webhookSecret],
    [apiKeyVariable, values.apiKey],
  ] as const;
  for (const [variable, value] of seeds) {
    const ids = new Set(functions.flatMap((fn) => fn.environment[variable] ?? []));
    if (value === null) continue;
    for (const SecretId of ids)
      await aws.call('secretsmanager', 'PutSecretValue', { SecretId, SecretString: value });
  }
}
