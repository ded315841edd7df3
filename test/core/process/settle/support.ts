import { expect } from 'vitest';
import { HOUR, MINUTE } from '../../../../lambda/core/model/time.ts';
import { type SettlePorts, settle, type Wish } from '../../../../lambda/core/process/index.ts';
import { type RuleDefinition, startRun } from '../../../../lambda/rules/index.ts';
import { action, event, processEvent, world } from '../../support/scenario.ts';

/** Processes the message whenever it is redelivered, until its event is finished. */
export async function processToTheEnd(message: object = {}): Promise<void> {
  for (let turns = 0; turns < 50; turns += 1) {
    const verdict = await processEvent(message);
    if (verdict.kind === 'acknowledge') return;
    world.later(verdict.until - world.system.time);
  }
  throw new Error('the event does not come to an end');
}

/** The response to the first call is lost, and the next one meets a key in use: its outcome is unknown. */
export async function failUnknown(message: object = {}, failure = 1): Promise<void> {
  let calls = 0;
  world.cyberdesk.answers.createRun = () => {
    calls += 1;
    return calls === 1
      ? { kind: 'failed', mayHaveTakenEffect: true }
      : { kind: 'failed', status: 409, isJson: true, mayHaveTakenEffect: false };
  };
  await processToTheEnd(message);
  expect(event()).toMatchObject({ state: 'failed', reason: 'outcome_unknown', failure });
  expect(action().begun).toBeDefined();
  world.later(HOUR);
}

/** Cyberdesk answers as it should again. */
export function recover(): void {
  world.cyberdesk.answers = {};
}

export const ports = (): SettlePorts => ({
  ...world.ports,
  table: world.worker.table,
  cyberdesk: world.cyberdesk,
  settings: world.worker.settings,
});

export const decide = (choice: Wish['choice'], position = 0) =>
  settle(ports(), event(), { position, choice, by: 'ada' });

/** The messages that were sent besides the verifier's. */
export const reopenings = () =>
  [...world.queue.messages.values()].map(({ body }) => JSON.parse(body)).filter(({ reopen }) => reopen);

/** A lease that a worker holds. */
export const liveLease = () => ({ token: 'worker', until: world.system.time + MINUTE });

/** Starts a workflow with this text, and finds the run again by its key among the inputs. */
export const correlated = (text: string): RuleDefinition => ({
  name: 'r',
  actions: () => startRun({ workflow_id: 'w', input_values: { text } }, { correlate: 'started_by' }),
});
