import { expect } from 'vitest';
import type {
  ActionRecord,
  CallFailure,
  CompletionItem,
  Cyberdesk,
  EventItem,
  Expected,
  Item,
  Key,
} from '../../../lambda/core/model/index.ts';
import { completionKey, endedAtCompletion } from '../../../lambda/core/model/index.ts';
import type { Verdict } from '../../../lambda/core/process/finish-event.ts';
import { processMessage } from '../../../lambda/core/process/process-message.ts';
import { receive } from '../../../lambda/core/receive/receive.ts';
import type { AnyRule } from '../../../lambda/rules/index.ts';
import { callFailure } from './cyberdesk.ts';
import { END, runComplete } from './webhooks.ts';
import { createWorld, type World } from './world.ts';

/** The world of the current test; `setUp` makes a new one. */
export let world: World;

/** Makes a world with these rules, in which the verifier has received `event-1`: `run-1` has ended. */
export async function setUp(...rules: AnyRule[]): Promise<void> {
  await setUpWith({}, ...rules);
}

/** The same, for a run with other facts. */
export async function setUpWith(run: Record<string, unknown>, ...rules: AnyRule[]): Promise<void> {
  await setUpFor(runComplete(run), ...rules);
}

/** The same, for any webhook. */
export async function setUpFor(webhook: Uint8Array, ...rules: AnyRule[]): Promise<void> {
  world = createWorld(...rules);
  await receiveWebhook(webhook);
}

/** Receives a webhook, as the verifier does. */
export const receiveWebhook = (body: Uint8Array, svixId = 'msg_1') =>
  receive(world.ports, { svixId, body }, 90);

/** Processes a message for `event-1`, or with other contents. @throws when its worker dies */
export async function processEvent(message: object = {}, receives = 1): Promise<Verdict> {
  const died = new Promise<never>((_, reject) => {
    kill = reject;
  });
  const body = JSON.stringify({ v: 1, event: 'event-1', ...message });
  return Promise.race([processMessage(world.worker, { body, receives, facts: {} }), died]);
}

let kill: (error: Error) => void = () => {};

/** The worker dies: what it was doing never continues, and no error is reported. */
export function die(): Promise<never> {
  kill(new Error('the worker dies'));
  return new Promise(() => {});
}

/** The event as it is stored. */
export function event(id = 'event-1'): EventItem {
  const found = world.model.event(id);
  if (!found) throw new Error(`there is no event ${id}`);
  return found;
}

/** Key of the completion that `event-1` reports. */
export const COMPLETION = completionKey('run-1', endedAtCompletion(END));

/** That completion as it is stored. */
export function completion(): CompletionItem {
  const found = world.model.completion(COMPLETION);
  if (!found) throw new Error('there is no completion');
  return found;
}

/** The first action of its plan, or of that of another completion. */
export function action(of = completion()): ActionRecord {
  const [first] = of.actions ?? [];
  if (!first) throw new Error('there is no action');
  return first;
}

export const lineage = (runId: string) => world.model.lineage(runId);

export const deadLetters = () =>
  [...world.deadLetters.messages.values()].map(({ body, reason }) => [JSON.parse(body), reason]);

/** The calls of `createRun` so far. */
export const createRunCalls = () => world.cyberdesk.createRunCalls;

/** From now on a call fails. */
export function failCall(name: keyof Cyberdesk, failure: Partial<CallFailure>): void {
  world.cyberdesk.answers[name] = () => callFailure(failure);
}

/** From now on the worker crashes in the middle of a call. */
export function crashIn(name: keyof Cyberdesk): void {
  world.cyberdesk.answers[name] = die;
}

/** Processes the event once; the call of `createRun` may have taken effect, but its response is lost. */
export async function loseResponse(): Promise<void> {
  failCall('createRun', { mayHaveTakenEffect: true });
  expect(await processEvent()).toMatchObject({ kind: 'wait' });
  delete world.cyberdesk.answers.createRun;
}

/** Runs `act` before every put that reaches the table; an error is what the put fails with. */
export function beforePut(act: (item: Item) => void): void {
  const { table } = world.worker;
  world.worker.table = {
    ...table,
    put: async (item: Item, expected: Expected) => {
      act(item);
      return table.put(item, expected);
    },
  };
}

/** Runs `act` before every read that reaches the table; an error is what the read fails with. */
export function beforeGet(act: (key: Key) => unknown): void {
  const { table } = world.worker;
  world.worker.table = {
    ...table,
    get: async (key: Key) => {
      await act(key);
      return table.get(key);
    },
  };
}

/** Another process acts just before the first put for which `when` holds. */
export function justBefore(when: (item: Item) => boolean, act: () => void): void {
  let done = false;
  beforePut((item) => {
    if (done || !when(item)) return;
    done = true;
    act();
  });
}
