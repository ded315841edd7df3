import { type CyberdeskError, UnreadableAnswerError } from '../../lambda/cyberdesk/errors.ts';
import type { Stage } from './stage.ts';

/** Did something else answer than Cyberdesk's API? Another server says 404 of whatever it is asked for. */
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
