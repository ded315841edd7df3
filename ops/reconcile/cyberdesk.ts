import { setTimeout as wait } from 'node:timers/promises';
import type { CyberdeskClient } from '../../lambda/cyberdesk/client.ts';
import type { Result } from '../../lambda/cyberdesk/transport.ts';
import type { RunResponse } from '../../lambda/cyberdesk/types.ts';
import { NotReachable } from '../errors.ts';
import { commandLine, type Target } from '../stage/command-line.ts';
import type { Windows } from './windows.ts';

/** Most runs that the API gives at once. */
const LIMIT = 1000;
/** Longest wait for a throttled call, milliseconds, and how many of them in a row. */
const LONGEST_REST = 60_000;
const RESTS = 10;

/** Repeats a throttled call when the API allows it again. @throws NotReachable */
export async function patiently<T>(
  target: Target,
  call: () => Promise<Result<T>>,
  sleep: (ms: number) => Promise<unknown> = wait,
): Promise<T | undefined> {
  for (let rests = 0; ; rests += 1) {
    const { data, error } = await call();
    if (!error) return data as T;
    if (error.status === 404) return undefined;
    if (error.status !== 429 || rests === RESTS) {
      throw new NotReachable(`${error.message}: ${nextStep(error.status, target)}`, { cause: error });
    }
    await sleep(Math.min(error.retryAfterMs ?? 10_000, LONGEST_REST));
  }
}

const AGAIN = 'run the same command again, it goes on where it stopped';

function nextStep(status: number | undefined, target: Target): string {
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
  target: Target,
  client: CyberdeskClient,
  workflow: string | undefined,
): Windows<RunResponse> => ({
  limit: LIMIT,
  async fetch(from, to, skip) {
    const page = await patiently(target, () =>
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
    return page ?? { items: [], total: 0 };
  },
});

/** Whether a workflow sends webhooks at all; asked once each. One that is gone sends none. */
export function webhookSwitch(
  target: Target,
  client: CyberdeskClient,
): (workflowId: string) => Promise<boolean> {
  const known = new Map<string, Promise<boolean>>();
  return (workflowId) => {
    const asked =
      known.get(workflowId) ??
      patiently(target, () => client.workflows.get(workflowId)).then(
        (workflow) => workflow?.is_webhooks_enabled === true,
      );
    known.set(workflowId, asked);
    return asked;
  };
}
