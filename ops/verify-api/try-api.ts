import { randomUUID } from 'node:crypto';
import { SECOND, SHORTEST_KEY_LIFETIME, verificationMark } from '../../lambda/core/model/index.ts';
import { parseTime } from '../../lambda/cyberdesk/time.ts';
import type { RunResponse } from '../../lambda/cyberdesk/types.ts';
import type { Pace } from '../cli/progress.ts';
import { INTERVAL, TrialRefusedError, type TriedApi } from './api.ts';

/** A created run that is not listed by then is late; so is a key that is forgotten. Seconds. */
export const ASSUMED_SECONDS = SHORTEST_KEY_LIFETIME / SECOND;
/** Ages at which a key is used again, in seconds: the end of a first resend, and the age that is assumed. */
export const AGES: readonly number[] = [45, ASSUMED_SECONDS];

export interface TrialOptions {
  workflow: string;
  /** Inputs that the workflow needs. */
  inputs: Readonly<Record<string, unknown>>;
  /** Name of an input that takes the mark. */
  correlate?: string | undefined;
  /** Ages of the key in seconds, ascending. */
  ages: readonly number[];
}

/** What a trial saw. Times are milliseconds unless they say seconds. */
export interface Observed {
  /** Inputs that were sent. */
  sent: Readonly<Record<string, unknown>>;
  correlate: string | undefined;
  /** Runs that two requests at once have started. */
  atOnce: number;
  /** Both of those requests were answered with a run, and none with a conflict that names none. */
  isNamed: boolean;
  /** Runs that a later use of the key has started in addition, by its age in seconds; only as far as it was tried. */
  later: { seconds: number; added: number; isNamed: boolean }[];
  /** Requests that failed although they may have taken effect, and how many of them came with the first two. */
  failed: { first: number; all: number };
  /** Runs with the mark that no response named; undefined where the list shows no marks. */
  unnamed: number | undefined;
  /** From the first response until the list showed its run; undefined if it never did. */
  listedAfter: number | undefined;
  /** The run as the list shows it. */
  listed: RunResponse | undefined;
  /** How far the API's clock is ahead: by its `Date` header, and by the time that it gives the run, which it may have got at any time of the request. */
  clock: { byHeader: number | undefined; byRun: number };
  runIds: string[];
}

/**
 * Tries the API with one run: the same key twice at once, and again at each age while the list is watched. A key that
 * has been found not to work is not used again, so at most two runs start; where requests stay without a usable response,
 * at most `MOST_RUNS`. No request is under way any more when this ends, whether or not it throws.
 *
 * @param onRun Called with the id of each run as soon as a response names it.
 * @throws TrialRefusedError, NotReachableError
 */
export async function tryApi(
  api: TriedApi,
  { workflow, inputs, correlate, ages }: TrialOptions,
  pace: Pace,
  onRun: (runId: string) => Promise<void>,
): Promise<Observed> {
  const id = randomUUID();
  const sent = { ...inputs, ...(correlate !== undefined && { [correlate]: verificationMark(id) }) };
  const runs = new Map<string, RunResponse | undefined>();
  const note = async (runId: string, run?: RunResponse) => {
    if (runs.has(runId)) return;
    runs.set(runId, run);
    await onRun(runId);
  };
  const start = async () => {
    const run = await api.start(JSON.stringify({ workflow_id: workflow, input_values: sent }), id);
    if (run) await note(run.id, run);
    return run !== undefined;
  };
  const began = pace.now();
  const named = await allOf([start(), start()]);
  const [first] = runs.values();
  if (!first) throw new TrialRefusedError("Cyberdesk's API answers that a new key is in use");
  const clock = { byHeader: api.clockOffset, byRun: offsetOf(first, { began, ended: pace.now() }) };
  const [atOnce, failed] = [runs.size, api.failed];
  const watch = new Watch(api, first, pace, began);
  const later: Observed['later'] = [];
  for (const seconds of atOnce > 1 ? [] : ages) {
    await watch.until(began + seconds * SECOND);
    const isNamed = await start();
    later.push({ seconds, added: runs.size - 1, isNamed });
    if (runs.size > 1) break;
  }
  if (!watch.listed) await watch.until(began + ASSUMED_SECONDS * SECOND);
  const answered = runs.size;
  for (const runId of await markedRuns(api, first, { correlate, id, began })) await note(runId);
  const { listed, listedAfter } = watch;
  const isMarkShown = correlate !== undefined && listed?.input_values?.[correlate] === sent[correlate];
  const unnamed = isMarkShown ? runs.size - answered : undefined;
  const seen = {
    sent,
    correlate,
    atOnce,
    isNamed: named.every(Boolean),
    later,
    unnamed,
    listed,
    listedAfter,
    clock,
  };
  return { ...seen, failed: { first: failed, all: api.failed }, runIds: [...runs.keys()] };
}

/** How far the time of a run is outside that of the requests for it, in milliseconds; NaN if it shows none. */
function offsetOf({ created_at }: RunResponse, { began, ended }: { began: number; ended: number }): number {
  const created = parseTime(created_at) ?? Number.NaN;
  return created > ended ? created - ended : Math.min(created - began, 0);
}

/** Waits for each, also if one fails: what the other has started must be marked. @throws the first error */
async function allOf<T>(work: Promise<T>[]): Promise<T[]> {
  await Promise.allSettled(work);
  return Promise.all(work);
}

/** Runs that carry the mark, whether or not a response has named them. */
async function markedRuns(
  api: TriedApi,
  { workflow_id }: RunResponse,
  { correlate, id, began }: { correlate: string | undefined; id: string; began: number },
): Promise<string[]> {
  if (correlate === undefined) return [];
  const newest = await api.newest(workflow_id, began);
  return newest
    .filter(({ input_values: shown }) => shown?.[correlate] === verificationMark(id))
    .map((run) => run.id);
}

/** Waits, and meanwhile looks whether the list shows a run. */
class Watch {
  listedAfter: number | undefined;
  listed: RunResponse | undefined;
  readonly #api: TriedApi;
  readonly #run: RunResponse;
  readonly #pace: Pace;
  /** When the trial began, and when its first requests had ended. */
  readonly #began: number;
  readonly #ended: number;

  constructor(api: TriedApi, run: RunResponse, pace: Pace, began: number) {
    this.#api = api;
    this.#run = run;
    this.#pace = pace;
    this.#began = began;
    this.#ended = pace.now();
  }

  async until(end: number): Promise<void> {
    for (;;) {
      if (!this.listed) await this.#look();
      const left = end - this.#pace.now();
      if (left <= 0) return;
      await this.#pace.sleep(this.listed ? left : Math.min(left, INTERVAL));
    }
  }

  async #look(): Promise<void> {
    const newest = await this.#api.newest(this.#run.workflow_id, this.#began);
    this.listed = newest.find(({ id }) => id === this.#run.id);
    if (this.listed) this.listedAfter = this.#pace.now() - this.#ended;
  }
}
