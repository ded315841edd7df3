import { setTimeout as wait } from 'node:timers/promises';
import type { CyberdeskClient, Result } from '../../lambda/cyberdesk/client.ts';
import { type CyberdeskError, UnreadableAnswerError } from '../../lambda/cyberdesk/errors.ts';
import type { RunPage, RunResponse } from '../../lambda/cyberdesk/types.ts';
import { NotReachable } from '../errors.ts';
import { checkAddress, isElsewhere } from '../stage/api-address.ts';
import { commandLine } from '../stage/command-line.ts';
import type { Stage } from '../stage/stage.ts';
import type { Windows } from './windows.ts';

/** Most runs that the API gives at once. */
const LIMIT = 1000;
/** Longest wait for a throttled call, milliseconds, and how many of them in a row. */
const LONGEST_REST = 60_000;
const RESTS = 10;

/** What a call and its messages need of the stage. */
type Asked = Pick<Stage, 'isLocal' | 'stackName' | 'outputs' | 'target'>;

/** One thing by its id; undefined when Cyberdesk has none of that id (any more). @throws NotReachable */
export async function askForOne<T>(stage: Asked, call: () => Promise<Result<T>>): Promise<T | undefined> {
  const { data, error } = await patiently(call);
  if (!error) return data;
  if (error.status === 404) return undefined;
  throw failure(stage, error);
}

/** Repeats a throttled call when the API allows it again. */
async function patiently<T>(call: () => Promise<Result<T>>): Promise<Result<T>> {
  for (let rests = 0; ; rests += 1) {
    const result = await call();
    if (result.error?.status !== 429 || rests === RESTS) return result;
    await wait(Math.min(result.error.retryAfterMs ?? 10_000, LONGEST_REST));
  }
}

const failure = (stage: Asked, error: CyberdeskError): NotReachable =>
  new NotReachable(`${error.message}: ${nextStep(stage, error)}`, { cause: error });

const AGAIN = 'run the same command again, it goes on where it stopped';

function nextStep(stage: Asked, error: CyberdeskError): string {
  const { status } = error;
  const { target } = stage;
  if (isElsewhere(error)) {
    return `${checkAddress(stage)}, which "${commandLine(target, ['doctor'])}" tries; then ${AGAIN}`;
  }
  if (status === 401 || status === 403) {
    const set = commandLine(target, ['api-key', 'set']);
    return `set a valid API key with "${set}", which "${commandLine(target, ['doctor'])}" tries; then ${AGAIN}`;
  }
  // To ask the same again would be refused for ever.
  const isRefused =
    status !== undefined && status >= 400 && status < 500 && ![408, 409, 429].includes(status);
  return isRefused ? 'it does not take this question; check --workflow, --since and --lookback' : AGAIN;
}

/** The organisation's runs by their creation, without their contents. */
export const runWindows = (
  stage: Asked,
  client: CyberdeskClient,
  workflow: string | undefined,
): Windows<RunResponse> => ({
  limit: LIMIT,
  async fetch(from, to, skip) {
    const { data, error } = await patiently(() =>
      client.runs.list({
        created_at_from: new Date(from).toISOString(),
        created_at_to: new Date(to).toISOString(),
        sort_mode: 'created_at_desc',
        fields: ['ended_at'],
        limit: LIMIT,
        skip,
        ...(workflow !== undefined && { workflow_id: workflow }),
      }),
    );
    if (error) throw failure(stage, error);
    if (!isWhole(data)) throw failure(stage, new UnreadableAnswerError({ mayHaveTakenEffect: false }));
    return data;
  },
});

/** Without its total a page would be taken for all there is. */
const isWhole = ({ items, total }: RunPage): boolean =>
  Number.isInteger(total) && items.every((run) => typeof run?.id === 'string');

/** Whether a workflow sends webhooks at all; asked once each. One that is gone sends none. */
export function webhookSwitch(
  stage: Asked,
  client: CyberdeskClient,
): (workflowId: string) => Promise<boolean> {
  const known = new Map<string, Promise<boolean>>();
  return (workflowId) => {
    const asked =
      known.get(workflowId) ??
      askForOne(stage, () => client.workflows.get(workflowId)).then(
        (workflow) => workflow?.is_webhooks_enabled === true,
      );
    known.set(workflowId, asked);
    return asked;
  };
}
