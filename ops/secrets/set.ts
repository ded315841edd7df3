import { PutSecretValueCommand, UpdateSecretVersionStageCommand } from '@aws-sdk/client-secrets-manager';
import { type ApiKeyFault, apiKeyFault } from '../../lambda/cyberdesk/api-key-form.ts';
import { BadArgumentError, OperatorError } from '../errors.ts';
import type { AuditedStage } from '../stage/audited-stage.ts';
import { commandLine } from '../stage/command-line.ts';
import { isAwsError, toOperatorError } from '../stage/explain.ts';
import { readAfter } from '../stage/read-after.ts';
import { readSecret, versionWith } from '../stage/secrets.ts';
import { describeSecretFault } from './signing-secret.ts';

const HIDDEN = Symbol('a value that may not be read');

export interface SecretSet {
  /** `unchanged`: it already had this value, and no version was made. Found only by those who may read it. */
  outcome: 'set' | 'rotated' | 'unchanged';
  /** Whether there is a previous value that is accepted for its grace period; `unknown` if that could not be read. */
  previous: 'none' | 'accepted' | 'revoked' | 'unknown';
  /** Why it could not be read. */
  unread?: string;
}

/** The secret is set, and the previous one still accepted. */
class PreviousNotRevokedError extends OperatorError {
  override name = 'PreviousNotRevoked';
}

/**
 * Unless it is revoked, the previous secret stays accepted for a while.
 *
 * @throws BadArgumentError, not quoting it
 * @throws PreviousNotRevokedError
 */
export async function setSigningSecret(
  stage: AuditedStage,
  value: string,
  { revokePrevious = false }: { revokePrevious?: boolean } = {},
): Promise<SecretSet> {
  const fault = describeSecretFault(value);
  if (fault !== undefined)
    throw new BadArgumentError(`the signing secret ${fault.problem}`, { next: fault.next });
  const outcome = await put(stage, stage.outputs.signingSecret, value);
  return { outcome, ...(revokePrevious ? await revokeAfterSet(stage) : await previousAfterSet(stage)) };
}

type Previous = Omit<SecretSet, 'outcome'>;

/** The secret is set: if setting it were repeated for a failure here, the grace of the real previous one would end. */
async function previousAfterSet(stage: AuditedStage): Promise<Previous> {
  if (stage.outputs.previousSecretGraceDays === 0) return { previous: 'none' };
  const read = await readAfter(() => versionWith(stage, stage.outputs.signingSecret, 'AWSPREVIOUS'));
  if (read.unread) return { previous: 'unknown', unread: read.unread.problem };
  return { previous: read.value === undefined ? 'none' : 'accepted' };
}

/** @throws PreviousNotRevokedError */
async function revokeAfterSet(stage: AuditedStage): Promise<Previous> {
  try {
    return { previous: (await revokePreviousSecret(stage)) ? 'revoked' : 'none' };
  } catch (cause) {
    const why = toOperatorError(cause).problem;
    throw new PreviousNotRevokedError(
      `the signing secret is set, but the previous one could not be revoked: ${why}`,
      { next: commandLine(stage.target, ['secret', 'revoke-previous']), cause },
    );
  }
}

/** Revokes the previous secret: only the current one verifies from now on. False if there is no previous one. */
export async function revokePreviousSecret(stage: AuditedStage): Promise<boolean> {
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

/** @throws BadArgumentError if the value cannot be a key; the message never quotes it */
export async function setApiKey(stage: AuditedStage, value: string): Promise<SecretSet> {
  const fault = apiKeyFault(value);
  if (fault !== undefined) throw new BadArgumentError(...describeApiKeyFault(fault, stage));
  return { outcome: await put(stage, stage.outputs.apiKeySecret, value), previous: 'none' };
}

function describeApiKeyFault(
  fault: ApiKeyFault,
  { target }: AuditedStage,
): [problem: string, { next: string }] {
  switch (fault) {
    case 'json':
      return ['the API key is JSON', { next: 'enter the plain text of the key alone' }];
    case 'quoted':
      return ['the API key has quotes around it', { next: 'enter it without them' }];
    case 'signing_secret':
      return [
        'this is a signing secret, not an API key',
        { next: `set it with "${commandLine(target, ['secret', 'set'])}"` },
      ];
    case 'unprintable':
      return [
        'the API key is empty, or has a character that cannot be sent in a header, such as a space',
        { next: 'copy it again from Cyberdesk' },
      ];
  }
}

async function put(stage: AuditedStage, secretId: string, value: string): Promise<SecretSet['outcome']> {
  const current = await currentOf(stage, secretId);
  // A second version of the same value would end the grace period of the real previous one.
  if (current === value) return 'unchanged';
  await stage.clients.secrets.send(new PutSecretValueCommand({ SecretId: secretId, SecretString: value }));
  return current === undefined ? 'set' : 'rotated';
}

/** The current value; for a person who may set secrets but not read them, only that there is one. */
async function currentOf(stage: AuditedStage, secretId: string): Promise<string | typeof HIDDEN | undefined> {
  try {
    return await readSecret(stage, secretId);
  } catch (error) {
    if (!isAwsError(error, 'AccessDeniedException')) throw error;
    return (await versionWith(stage, secretId, 'AWSCURRENT')) === undefined ? undefined : HIDDEN;
  }
}
