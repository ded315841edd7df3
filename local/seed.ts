import { randomBytes } from 'node:crypto';
import { describeSecretFault } from '../ops/secrets/signing-secret.ts';
import type { AwsCaller } from './aws/caller.ts';
import { BadSetting } from './errors.ts';
import type { FunctionModel } from './template/model.ts';

/** The environment variables by which functions name the two secrets. */
const signingSecretVariable = 'SIGNING_SECRET_ARN';
const apiKeyVariable = 'API_KEY_SECRET_ARN';

/** Svix generates keys of this length. */
const keyBytes = 24;

/** A new signing secret in Svix's form. */
export function generateWebhookSecret(): string {
  return `whsec_${randomBytes(keyBytes).toString('base64')}`;
}

/**
 * Checks a signing secret, by the rule of `secret set`.
 * @throws BadSetting for what could never verify anything, or is shorter or longer than Svix's keys; the value is not
 * repeated
 */
export function checkWebhookSecret(secret: string): string {
  const fault = secret === secret.trim() ? describeSecretFault(secret) : 'has white space around it';
  if (fault === undefined) return secret;
  throw new BadSetting(`WEBHOOK_SECRET ${fault}. Unset it to have one generated.`);
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
