import type { Cyberdesk } from '../../../lambda/core/model/index.ts';
import type { World } from './world.ts';

/** A call as a fault can hit it. */
export interface WalkedCall {
  function: string;
  /** `dynamodb:PutItem`, `cyberdesk:GET /v1/runs/*`. */
  call: string;
  /** Kind of the item, or name of the queue, topic or secret. */
  about: string;
  nth: number;
}

/** The API calls behind each method of the port; a new method is a type error here. */
const OPERATIONS: Record<keyof Cyberdesk, readonly string[]> = {
  createRun: ['POST /v1/runs'],
  createChain: ['POST /v1/runs/chain'],
  retryRun: ['POST /v1/runs/*/retry'],
  getRun: ['GET /v1/runs/*'],
  findRuns: ['GET /v1/runs'],
  ping: ['GET /v1/runs'],
  getAttachment: ['GET /v1/run-attachments/*', 'GET /v1/run-attachments/*/download'],
};

/** Every call that the processor makes to Cyberdesk. */
export const CYBERDESK_CALLS = [...new Set(Object.values(OPERATIONS).flat())].map(
  (operation) => `processor cyberdesk:${operation}`,
);

const MOST_RECORDINGS = 8;

const covers = (pattern: string, call: string) =>
  new RegExp(`^${pattern.replace(/[/.]/g, '\\$&').replaceAll('*', '.*')}$`).test(call);

/**
 * The calls of the functions while something happens. Retries on a busy machine can add calls, so it is repeated until
 * the shortest recording has been seen twice, and at least `repeats` times.
 */
export async function recordCalls(
  world: World,
  repeats: number,
  what: () => Promise<void>,
): Promise<WalkedCall[]> {
  const recordings: WalkedCall[][] = [];
  for (;;) {
    recordings.push(await callsDuring(world, what));
    const [shortest = [], next] = recordings.toSorted((a, b) => a.length - b.length);
    if (recordings.length >= repeats && next?.length === shortest.length) return shortest;
    if (recordings.length >= MOST_RECORDINGS) return shortest;
  }
}

/** The calls of the functions while something happens, numbered as faults count them. */
async function callsDuring({ run }: World, what: () => Promise<void>): Promise<WalkedCall[]> {
  const before = run.calls.latest.length;
  const asked = run.fake?.state.requests.length ?? 0;
  await what();
  const made = run.calls.latest
    .slice(before)
    .filter((call) => call.function !== 'operator')
    .map((call) => ({ ...call, pattern: call.call }));
  for (const { method, path } of run.fake?.state.requests.slice(asked) ?? []) {
    const call = `cyberdesk:${method} ${path}`;
    const pattern = call.replace(/[0-9a-f-]{36}/g, '*');
    made.push({ function: 'processor', call, about: '', pattern });
  }
  return made.map(({ function: by, pattern, about }, index) => ({
    function: by,
    call: pattern,
    about,
    nth: made.slice(0, index + 1).filter((other) => other.function === by && covers(pattern, other.call))
      .length,
  }));
}

export const nameOf = ({ function: by, call, about }: WalkedCall) => `${by} ${call}${about && ` (${about})`}`;

/** Whether a call changes anything. */
export const writes = ({ call }: WalkedCall) => !/:(Get|BatchGet|Query)/i.test(call);
