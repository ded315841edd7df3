import { setTimeout as wait } from 'node:timers/promises';
import { MINUTE, SECOND } from '../../lambda/core/model/index.ts';
import { isDeniedByApi, isRefusedRead, isUnknownToApi } from '../../lambda/cyberdesk/answer-class.ts';
import type { CyberdeskClient, Result } from '../../lambda/cyberdesk/client.ts';
import type { CyberdeskError } from '../../lambda/cyberdesk/errors.ts';
import type { RunResponse } from '../../lambda/cyberdesk/types.ts';
import { isoTime } from '../cli/time.ts';
import { isUuid } from '../cli/values.ts';
import { NotReachableError } from '../errors.ts';
import { commandLine } from '../stage/command-line.ts';
import { certificateFault } from '../stage/faults.ts';
import { checkAddress, isElsewhere } from '../stage/secrets.ts';
import type { Stage } from '../stage/stage.ts';
import type { Windows } from './windows.ts';

const LIMIT = 1000;
/** Longest wait after a throttled call, milliseconds, and how many in a row. */
const LONGEST_WAIT = MINUTE;
const MOST_WAITS = 10;

/** The parts of a stage that a call and its messages need. */
type Asked = Pick<Stage, 'isLocal' | 'stackName' | 'outputs' | 'target'>;

/** What to do where a call fails, as far as that depends on the verb. */
interface Advice {
  again: string;
  /** The API rejects the request, and always will. */
  refused?: string;
}

const IN_GENERAL: Advice = { again: 'run the same command again' };

export const IN_RECONCILE: Advice = {
  again: 'run the same command again; it continues where it stopped',
  refused: 'it rejects this request; check --workflow, --since and --lookback',
};

/** What a call returns. @throws NotReachableError */
export async function ask<T>(
  stage: Asked,
  call: () => Promise<Result<T>>,
  advice: Advice = IN_GENERAL,
): Promise<T> {
  const { data, error } = await patiently(call);
  if (error) throw failure(stage, error, advice);
  return data;
}

/** One thing by its id; undefined if Cyberdesk does not have it. @throws NotReachableError */
export async function askForOne<T>(
  stage: Asked,
  id: string,
  call: () => Promise<Result<T>>,
  advice: Advice = IN_GENERAL,
): Promise<T | undefined> {
  const { data, error } = await patiently(call);
  if (!error) return data;
  if (hasNone(error, id)) return undefined;
  throw failure(stage, error, advice);
}

/** Whether a failed read says that the API has nothing by this id. It rejects what is not a valid id in another way. */
export const hasNone = (error: CyberdeskError, id: string): boolean =>
  isUnknownToApi(error) || (isRefusedRead(error) && !isUuid(id));

/** Repeats a throttled call when the API allows it again. */
async function patiently<T>(call: () => Promise<Result<T>>): Promise<Result<T>> {
  for (let waits = 0; ; waits += 1) {
    const result = await call();
    if (result.error?.status !== 429 || waits === MOST_WAITS) return result;
    await wait(Math.min(result.error.retryAfterMs ?? 10 * SECOND, LONGEST_WAIT));
  }
}

function failure(stage: Asked, error: CyberdeskError, advice: Advice): NotReachableError {
  const untrusted = certificateFault(error);
  const next = untrusted?.next ?? nextStep(stage, error, advice);
  return new NotReachableError(untrusted?.problem ?? error.message, { next, cause: error });
}

function nextStep(stage: Asked, error: CyberdeskError, { again, refused }: Advice): string {
  const doctor = `which "${commandLine(stage.target, ['doctor'])}" checks`;
  if (isElsewhere(error)) return `${checkAddress(stage)}, ${doctor}; then ${again}`;
  if (isDeniedByApi(error)) {
    const set = commandLine(stage.target, ['api-key', 'set']);
    return `set a valid API key with "${set}", ${doctor}; then ${again}`;
  }
  if (error.status === 401 || error.status === 403)
    return `check what stands between here and Cyberdesk (a proxy or a firewall), as this is not its API's answer; then ${again}`;
  return isRefusedRead(error) ? (refused ?? `see whether the API has changed, ${doctor}`) : again;
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
        created_at_from: isoTime(from),
        created_at_to: isoTime(to),
        sort_mode: 'created_at_desc',
        fields: ['ended_at'],
        limit: LIMIT,
        skip,
        ...(workflow !== undefined && { workflow_id: workflow }),
      }),
    );
    if (error) throw failure(stage, error, IN_RECONCILE);
    return data;
  },
});

/** Whether a workflow sends webhooks at all; asked once for each. A deleted workflow sends none. */
export function webhookSwitch(stage: Asked, client: CyberdeskClient) {
  const known = new Map<string, Promise<boolean>>();
  const ask = async (workflowId: string): Promise<boolean> => {
    const workflow = await askForOne(stage, workflowId, () => client.workflows.get(workflowId), IN_RECONCILE);
    return workflow?.is_webhooks_enabled === true;
  };
  return (workflowId: string) => {
    const asked = known.get(workflowId) ?? ask(workflowId);
    known.set(workflowId, asked);
    return asked;
  };
}
