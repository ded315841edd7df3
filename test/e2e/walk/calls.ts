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

/** What the processor calls Cyberdesk's API for, by the port's own methods: a new one is an error of type here. */
const OPERATIONS: Record<keyof Cyberdesk, readonly string[]> = {
  createRun: ['POST /v1/runs'],
  createChain: ['POST /v1/runs/chain'],
  retryRun: ['POST /v1/runs/*/retry'],
  getRun: ['GET /v1/runs/*'],
  findRuns: ['GET /v1/runs'],
  getAttachment: ['GET /v1/run-attachments/*', 'GET /v1/run-attachments/*/download'],
};

/** Every call that Cyberdesk can get. */
export const CYBERDESK_CALLS = Object.values(OPERATIONS)
  .flat()
  .map((operation) => `processor cyberdesk:${operation}`);

const covers = (pattern: string, call: string) =>
  new RegExp(`^${pattern.replace(/[/.]/g, '\\$&').replaceAll('*', '.*')}$`).test(call);

/** The calls of functions while something happens, with their numbers as a fault counts them. */
export async function callsDuring({ run }: World, what: () => Promise<void>): Promise<WalkedCall[]> {
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

/** Does a call of this kind change anything? */
export const writes = ({ call }: WalkedCall) => !/:(Get|BatchGet|Query)/i.test(call);
