import { DescribeSecretCommand, GetSecretValueCommand } from '@aws-sdk/client-secrets-manager';
import type { SecretLookup } from '../../lambda/core/model/index.ts';
import type { CyberdeskClient } from '../../lambda/cyberdesk/client.ts';
import { type CyberdeskError, UnreadableAnswerError } from '../../lambda/cyberdesk/errors.ts';
import { OperatorError } from '../errors.ts';
import { createListingClient, UnusableEntryError } from './checked-lists.ts';
import { commandLine } from './command-line.ts';
import { isAwsError } from './explain.ts';
import type { Stage } from './stage.ts';

export type Label = 'AWSCURRENT' | 'AWSPREVIOUS';

/** The version with a label, as the functions find it; missing in a secret that was never set. A refusal of AWS is an error. */
export async function lookUpSecret(
  { clients }: Stage,
  secretId: string,
  label: Label = 'AWSCURRENT',
): Promise<SecretLookup> {
  try {
    const { SecretString, VersionId, CreatedDate } = await clients.secrets.send(
      new GetSecretValueCommand({ SecretId: secretId, VersionStage: label }),
    );
    const createdAt = CreatedDate?.getTime() ?? 0;
    if (SecretString === undefined) return { kind: 'binary', createdAt };
    return { kind: 'found', value: SecretString, versionId: VersionId ?? '', createdAt };
  } catch (error) {
    if (isAwsError(error, 'ResourceNotFoundException')) return { kind: 'missing' };
    throw error;
  }
}

/** The text of that version; undefined if it has none. */
export async function readSecret(stage: Stage, secretId: string, label?: Label): Promise<string | undefined> {
  const found = await lookUpSecret(stage, secretId, label);
  return found.kind === 'found' ? found.value : undefined;
}

/** Id of the version with a label, without reading its value. */
export async function versionWith({ clients }: Stage, secretId: string, label: Label) {
  const { VersionIdsToStages = {} } = await clients.secrets.send(
    new DescribeSecretCommand({ SecretId: secretId }),
  );
  return Object.entries(VersionIdsToStages).find(([, labels]) => labels?.includes(label))?.[0];
}

const findApiKey = async (stage: Stage): Promise<string | undefined> =>
  (await readSecret(stage, stage.outputs.apiKeySecret))?.trim() || undefined;

/** A client with the stage's own API key; undefined while the key is not set. */
export async function cyberdeskOf(stage: Stage): Promise<CyberdeskClient | undefined> {
  const key = await findApiKey(stage);
  return key === undefined ? undefined : clientWith(stage, key);
}

const clientWith = ({ outputs }: Stage, key: string): CyberdeskClient =>
  createListingClient(key, { baseUrl: outputs.cyberdeskApiUrl });

/** @throws OperatorError while the stage's API key is not set */
export async function readApiKey(stage: Stage): Promise<string> {
  const key = await findApiKey(stage);
  if (key !== undefined) return key;
  throw new OperatorError('the API key is not set', { next: commandLine(stage.target, ['api-key', 'set']) });
}

/** The same for a verb that cannot do without it. @throws OperatorError while the key is not set */
export const requireCyberdesk = async (stage: Stage): Promise<CyberdeskClient> =>
  clientWith(stage, await readApiKey(stage));

/** Did something other than Cyberdesk's API answer? Another server returns 404 for every path. */
export const isElsewhere = (error: CyberdeskError): boolean =>
  error instanceof UnreadableAnswerError ||
  error instanceof UnusableEntryError ||
  error.status === 404 ||
  (error.status !== undefined && error.status >= 300 && error.status < 400);

export function checkAddress({
  isLocal,
  stackName,
  outputs,
}: Pick<Stage, 'isLocal' | 'stackName' | 'outputs'>): string {
  const setting = isLocal ? 'CYBERDESK_API_URL of the local run' : `output CyberdeskApiUrl of ${stackName}`;
  return `is ${outputs.cyberdeskApiUrl} Cyberdesk's API? Check that address (${setting})`;
}
