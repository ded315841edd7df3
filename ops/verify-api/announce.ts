import type { WorkflowResponse } from '../../lambda/cyberdesk/types.ts';
import { BadArgumentError } from '../errors.ts';
import { isObject, parseObject } from '../json.ts';
import type { Stage } from '../stage/stage.ts';
import { nameOf, sendsWebhooks } from '../workflows/read.ts';
import { MOST_RUNS } from './api.ts';

/**
 * What a trial is about to start, and how far its runs can be kept from the rules.
 *
 * @throws BadArgumentError
 */
export function announce(
  stage: Stage,
  found: WorkflowResponse,
  { workflow, correlate, seconds }: { workflow: string; correlate: string | undefined; seconds: number },
): string {
  checkCorrelate(found, correlate);
  const name = nameOf(found);
  const named = name === undefined ? workflow : `"${name}" (${workflow})`;
  const start = `This starts 1 run of workflow ${named} with the API key of ${stage.name}, 2 if the API does not honour its idempotency key, and up to ${MOST_RUNS} if requests also stay without a usable response; it takes ${seconds} s.`;
  return `${start} ${markOf(found, stage.name, correlate)}`;
}

function markOf(found: WorkflowResponse, stage: string, correlate: string | undefined): string {
  if (!sendsWebhooks(found)) return 'The workflow sends no webhooks, so no rule sees the run.';
  const byTable = `A run is marked in the table of ${stage} as soon as a response has named it`;
  if (correlate !== undefined)
    return `Each run is marked by the input ${correlate}, so the rules do not act on it in any stage of this release.`;
  return `${byTable}. It cannot be marked before that: if the response is lost, or the run ends first, the rules act on it. Nor can it be marked for other stages of the organisation. Name an input with --correlate to rule out both.`;
}

/** @throws BadArgumentError for an input that the workflow's schema does not have. */
function checkCorrelate({ input_schema }: WorkflowResponse, correlate: string | undefined): void {
  if (correlate === undefined) return;
  const declared = inputsOf(input_schema);
  if (!declared || declared.includes(correlate)) return;
  throw new BadArgumentError(`the workflow has no input "${correlate}"`, {
    next: `name one of ${declared.join(', ') || '(it has none)'}, or add it to the workflow`,
  });
}

/** Names of the inputs in a JSON Schema; undefined if it does not say. */
function inputsOf(schema: string | null | undefined): string[] | undefined {
  const properties = parseObject(schema ?? '')?.properties;
  return isObject(properties) ? Object.keys(properties) : undefined;
}
