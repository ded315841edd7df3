import { randomBytes } from 'node:crypto';
import { processorEnvironment } from '../../lambda/environment/processor.ts';
import { verifierEnvironment } from '../../lambda/environment/verifier.ts';
import { describeSecretFault } from '../../ops/secrets/signing-secret.ts';
import { InvalidSettingError } from '../errors.ts';
import type { FunctionModel } from '../template/model.ts';
import type { AwsCaller } from './caller.ts';

const PADDED = { problem: 'has white space around it', next: 'remove that' };

/** Length of the keys that Svix generates. */
const KEY_BYTES = 24;

export const generateWebhookSecret = (): string => `whsec_${randomBytes(KEY_BYTES).toString('base64')}`;

/**
 * Checks a signing secret by the rule of `secret set`.
 * @throws InvalidSettingError when it could never verify anything, or has a length that Svix does not generate; the
 * message does not repeat the value
 */
export function checkWebhookSecret(secret: string): string {
  const fault = secret === secret.trim() ? describeSecretFault(secret) : PADDED;
  if (fault === undefined) return secret;
  throw new InvalidSettingError(`WEBHOOK_SECRET ${fault.problem}`, {
    next: `${fault.next}, or unset it to have one generated`,
  });
}

/** Gives the stack's secrets their first values; `null` leaves one empty. */
export async function seedSecrets(
  functions: readonly FunctionModel[],
  aws: AwsCaller,
  values: { readonly webhookSecret: string | null; readonly apiKey: string | null },
): Promise<void> {
  const seeds = {
    [verifierEnvironment.signingSecretArn.name]: values.webhookSecret,
    [processorEnvironment.apiKeySecretArn.name]: values.apiKey,
  };
  for (const [variable, SecretString] of Object.entries(seeds)) {
    if (SecretString === null) continue;
    for (const SecretId of new Set(functions.flatMap((fn) => fn.environment[variable] ?? []))) {
      await aws.call('secretsmanager', 'PutSecretValue', { SecretId, SecretString });
    }
  }
}
