import { PutSecretValueCommand, UpdateSecretVersionStageCommand } from '@aws-sdk/client-secrets-manager';
import { checkHeader } from '../../lambda/cyberdesk/options.ts';
import { BadArgument } from '../errors.ts';
import type { Stage } from '../stage/stage.ts';
import { readSecret, versionWith } from './labels.ts';
import { describeSecretFault } from './signing-secret.ts';

/** What setting a secret came to. */
export interface SecretSet {
  /** `unchanged`: it held this value already, and no version was made. */
  outcome: 'set' | 'rotated' | 'unchanged';
  /** The value before still counts for a while, or was taken away. */
  previous: 'none' | 'accepted' | 'revoked';
}

/**
 * Sets the signing secret. The one before stays accepted for the grace period, so a rotation drops no event,
 * unless it is to be revoked at once.
 *
 * @throws BadArgument when the value is not a signing secret; the message says why, and never quotes it
 */
export async function setSigningSecret(
  stage: Stage,
  value: string,
  { revokePrevious = false }: { revokePrevious?: boolean } = {},
): Promise<SecretSet> {
  const fault = describeSecretFault(value);
  if (fault !== undefined) throw new BadArgument(`the signing secret ${fault}`);
  const outcome = await put(stage, stage.outputs.signingSecret, value);
  if (revokePrevious) return { outcome, previous: (await revokePreviousSecret(stage)) ? 'revoked' : 'none' };
  const previous = await versionWith(stage, stage.outputs.signingSecret, 'AWSPREVIOUS');
  return { outcome, previous: previous === undefined ? 'none' : 'accepted' };
}

/** Ends the grace of the secret before: only the current one verifies from now on. False where there is none. */
export async function revokePreviousSecret(stage: Stage): Promise<boolean> {
  const secretId = stage.outputs.signingSecret;
  const version = await versionWith(stage, secretId, 'AWSPREVIOUS');
  if (version === undefined) return false;
  await stage.clients.secrets.send(
    new UpdateSecretVersionStageCommand({
      SecretId: secretId,
      VersionStage: 'AWSPREVIOUS',
      RemoveFromVersionId: version,
    }),
  );
  return true;
}

/** @throws BadArgument when the value cannot be a key; the message never quotes it */
export async function setApiKey(stage: Stage, value: string): Promise<SecretSet> {
  if (/^["'`‘’“”]|["'`‘’“”]$/.test(value)) {
    throw new BadArgument('the API key has quotes around it: enter it without them');
  }
  // It would be sent to Cyberdesk, and every webhook could be forged by whoever reads it there.
  if (/^wh(sec|sk|pk)_/.test(value)) {
    throw new BadArgument('this is a signing secret, not an API key: set it with "secret set"');
  }
  try {
    checkHeader(value, 'the API key');
  } catch (error) {
    throw new BadArgument((error as Error).message, { cause: error });
  }
  return { outcome: await put(stage, stage.outputs.apiKeySecret, value), previous: 'none' };
}

async function put(stage: Stage, secretId: string, value: string): Promise<SecretSet['outcome']> {
  const current = await readSecret(stage, secretId);
  // A second version of the same value would push the true previous one out, and its grace with it.
  if (current?.value === value) return 'unchanged';
  await stage.clients.secrets.send(new PutSecretValueCommand({ SecretId: secretId, SecretString: value }));
  return current === undefined ? 'set' : 'rotated';
}
