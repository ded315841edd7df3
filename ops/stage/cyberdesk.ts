import { type CyberdeskClient, createCyberdeskClient } from '../../lambda/cyberdesk/client.ts';
import { type CyberdeskError, UnreadableAnswerError } from '../../lambda/cyberdesk/errors.ts';
import { readSecret } from './secrets.ts';
import type { Stage } from './stage.ts';

/** A client with the stage's own API key; undefined while the key is not set. */
export async function cyberdeskOf(stage: Stage): Promise<CyberdeskClient | undefined> {
  const key = (await readSecret(stage, stage.outputs.apiKeySecret))?.trim();
  return key ? createCyberdeskClient(key, { baseUrl: stage.outputs.cyberdeskApiUrl }) : undefined;
}

/** Did something other than Cyberdesk's API answer? Another server returns 404 for every path. */
export const isElsewhere = (error: CyberdeskError): boolean =>
  error instanceof UnreadableAnswerError ||
  error.status === 404 ||
  (error.status !== undefined && error.status >= 300 && error.status < 400);

/** What to do about that. */
export function checkAddress({
  isLocal,
  stackName,
  outputs,
}: Pick<Stage, 'isLocal' | 'stackName' | 'outputs'>): string {
  const setting = isLocal ? 'CYBERDESK_API_URL of the local run' : `output CyberdeskApiUrl of ${stackName}`;
  return `is ${outputs.cyberdeskApiUrl} Cyberdesk's API? Check that address (${setting})`;
}
