import { expect } from 'vitest';
import type {
  ActionRecord,
  CompletionItem,
  Cyberdesk,
  EventItem,
  Expected,
  Item,
  LineageItem,
} from '../../lambda/core/model/index.ts';
import { processMessage } from '../../lambda/core/process/process-message.ts';
import { receive } from '../../lambda/core/receive/receive.ts';
import type { RuleDefinition } from '../../lambda/rules/index.ts';
import { runComplete, START, world } from './kit.ts';

/** When the run of `runComplete` has ended, epoch milliseconds. */
export const END = START - 2000 + 123;

/** The world of the test that runs; `setUp` makes a new one. */
export let w: ReturnType<typeof world>;

/** A world with these rules, in which one run has ended. */
export async function setUp(...rules: RuleDefinition[]): Promise<void> {
  await setUpWith({}, ...rules);
}

/** The same, for a run with other facts. */
export async function setUpWith(run: Record<string, unknown>, ...rules: RuleDefinition[]): Promise<void> {
  w = world(...rules);
  await receive(w.ports, { svixId: 'msg_1', body: runComplete(run) }, 90);
}

/** Processes a message for the event. */
export const go = (message: object = {}, receives = 1) =>
  processMessage(w.worker, { body: JSON.stringify({ v: 1, event: 'event-1', ...message }), receives });

export const event = (id = 'event-1') => w.model.get({ pk: `event#${id}`, sk: 'event' }) as EventItem;
export const COMPLETION = { pk: 'run#run-1', sk: `completion#${END}` };
export const completion = () => w.model.get(COMPLETION) as CompletionItem;
export const action = () => completion().actions?.[0] as ActionRecord;
export const lineage = (id: string) =>
  w.model.get({ pk: `run#${id}`, sk: 'lineage' }) as LineageItem | undefined;
export const deadLetters = () =>
  [...w.deadLetters.messages.values()].map(({ body, reason }) => [JSON.parse(body), reason]);

/** From now on a call fails. */
export function fails(name: keyof Cyberdesk, outcome: object): void {
  w.cyberdesk.answers[name] = () => ({ kind: 'failed', isJson: true, mayHaveTakenEffect: false, ...outcome }) as never;
}

/** An attempt whose answer is lost. */
export async function lose(): Promise<void> {
  fails('createRun', { mayHaveTakenEffect: true });
  expect(await go()).toMatchObject({ kind: 'wait' });
  delete w.cyberdesk.answers.createRun;
}

export const sends = () => w.cyberdesk.named('createRun').length;

/** A run as the API shows it, alike to what `startNext` starts. */
export const created = (id: string, at = START) => ({
  id,
  workflow_id: 'workflow-next',
  status: 'running',
  created_at: new Date(at).toISOString(),
  input_values: { summary: 'three invoices filed' },
});

/** Somebody else acts just before a put for which `when` holds, once. */
export function justBefore(when: (item: Item) => boolean, act: () => void): void {
  let done = false;
  const { put } = w.worker.table;
  w.worker.table = {
    ...w.worker.table,
    put: async (item: Item, expected: Expected) => {
      if (!done && when(item)) {
        done = true;
        act();
      }
      return put(item, expected);
    },
  };
}
