import { beforeEach, expect, it } from 'vitest';
import { DAY, HOUR, MINUTE, SECOND } from '../../../lambda/core/model/time.ts';
import type { CallReport } from '../../../lambda/core/pause/call-report.ts';
import { heldUntil, PauseGate, unavailableFor } from '../../../lambda/core/pause/index.ts';
import { TableModel } from '../../simulation/model/table.ts';
import { TestCyberdesk } from '../support/cyberdesk.ts';
import { START, TestSystem } from '../support/system.ts';
import { asTable } from '../support/world.ts';

const THROTTLED: CallReport = { kind: 'throttled', by: 'write', retryAfterMs: 15 * MINUTE };
let model: TableModel;
let system: TestSystem;

/** What the gate of an invocation says, this many milliseconds later. */
async function report(later: number, what: CallReport): Promise<void> {
  system.time += later;
  const gate = new PauseGate(system, MINUTE);
  gate.begin({ table: asTable(model), cyberdesk: new TestCyberdesk(), deadline: system.time + HOUR });
  await gate.report(what);
}
const unavailable = () => unavailableFor(model.pause(), system.time);
const held = () => heldUntil(model.pause(), system.time);

beforeEach(() => {
  model = new TableModel();
  system = new TestSystem();
});

it('a row of pauses has begun with the first one, until a write is answered', async () => {
  await report(0, THROTTLED);
  await report(16 * MINUTE, THROTTLED);
  await report(16 * MINUTE, THROTTLED);
  expect(model.pause()).toMatchObject({ streak: 3, since: START });
  expect(unavailable()).toBe(32 * MINUTE);

  await report(16 * MINUTE, { kind: 'answered', by: 'write' });

  expect(model.pause()).not.toHaveProperty('since');
  expect([unavailable(), held()]).toEqual([0, system.time]);
});

it('a read that is answered does not break a row of pauses', async () => {
  await report(0, THROTTLED);
  await report(16 * MINUTE, { kind: 'answered', by: 'read' });
  expect([unavailable(), held()]).toEqual([0, system.time]);

  await report(SECOND, THROTTLED);

  expect(model.pause()).toMatchObject({ since: START, ended: START + 16 * MINUTE });
  expect(unavailable()).toBe(16 * MINUTE + SECOND);
});

it('Cyberdesk is unavailable while writes fail, also if reads are answered, until no write is tried any more', async () => {
  await report(0, THROTTLED);
  await report(16 * MINUTE, { kind: 'answered', by: 'read' });
  await report(MINUTE, THROTTLED);
  await report(16 * MINUTE, { kind: 'answered', by: 'read' });
  expect(model.pause()).toMatchObject({ until: 0, since: START, unanswered: START + 17 * MINUTE });

  system.time += 29 * MINUTE;
  expect(unavailable()).toBe(17 * MINUTE);
  system.time += MINUTE;
  expect(unavailable()).toBe(0);
});

it('a write that is answered ends it at once', async () => {
  await report(0, THROTTLED);
  await report(16 * MINUTE, THROTTLED);
  await report(16 * MINUTE, { kind: 'answered', by: 'read' });
  expect(unavailable()).toBe(16 * MINUTE);

  await report(SECOND, { kind: 'answered', by: 'write' });

  expect(unavailable()).toBe(0);
  expect(model.pause()).not.toHaveProperty('unanswered');
});

it('a read that failed says nothing about writes once reads are answered', async () => {
  const throttledRead: CallReport = { ...THROTTLED, by: 'read' };
  await report(0, throttledRead);
  await report(16 * MINUTE, throttledRead);
  expect(unavailable()).toBe(16 * MINUTE);

  await report(16 * MINUTE, { kind: 'answered', by: 'read' });

  expect(unavailable()).toBe(0);
});

it('a pause that an earlier release opened says nothing about writes', async () => {
  await report(0, THROTTLED);
  await report(16 * MINUTE, THROTTLED);
  await report(16 * MINUTE, { kind: 'answered', by: 'read' });
  const { unanswered: _, ...before } = model.pause() ?? expect.fail('there is a pause');
  model.force(before);

  expect(unavailable()).toBe(0);
});

it('a pause long after an answered read begins a new row', async () => {
  await report(0, THROTTLED);
  await report(16 * MINUTE, { kind: 'answered', by: 'read' });

  await report(10 * HOUR, THROTTLED);

  expect(unavailable()).toBe(0);
});

it('the end of the last pause is remembered when a write follows the read that ended it', async () => {
  await report(0, THROTTLED);
  await report(16 * MINUTE, { kind: 'answered', by: 'read' });

  await report(MINUTE, { kind: 'answered', by: 'write' });

  expect(model.pause()).toMatchObject({ until: 0, streak: 0, ended: START + 16 * MINUTE });
  expect(held()).toBe(START + 16 * MINUTE);
});

it('the end of a pause in the future holds nothing up beyond now', () => {
  const item = { pk: 'control#pause', sk: 'pause', v: 1, tag: 't', until: 0, streak: 0 };

  expect(heldUntil({ ...item, ended: START + HOUR }, START)).toBe(START);
});

it('a pause that an earlier release has begun says nothing about its length', async () => {
  await report(0, THROTTLED);
  const { since: _, ...before } = model.pause() ?? expect.fail('there is a pause');
  model.force(before);

  expect(unavailable()).toBe(0);

  await report(16 * MINUTE, THROTTLED);
  expect(model.pause()?.since).toBe(system.time);
});

it('workers that meet the same outage at once begin one pause of one length', async () => {
  for (let worker = 0; worker < 3; worker += 1) await report(0, { kind: 'throttled', by: 'write' });
  expect(model.pause()).toMatchObject({ until: START + 30 * SECOND, streak: 1 });

  for (let worker = 0; worker < 3; worker += 1)
    await report(worker === 0 ? 30 * SECOND : 0, { kind: 'throttled', by: 'write' });
  expect(model.pause()).toMatchObject({ until: START + 90 * SECOND, streak: 2 });
});

it('a row of pauses after which only reads were answered is over half an hour later', async () => {
  for (let pauses = 0; pauses < 5; pauses += 1) await report(16 * MINUTE, THROTTLED);
  await report(16 * MINUTE, { kind: 'answered', by: 'read' });
  expect(model.pause()).toMatchObject({ until: 0, streak: 5 });

  await report(30 * MINUTE, { kind: 'throttled', by: 'write', retryAfterMs: SECOND });

  expect(model.pause()).toMatchObject({ until: system.time + SECOND, streak: 1 });
});

it('a read that is answered weeks after a row of pauses does not continue it', async () => {
  for (let pauses = 0; pauses < 5; pauses += 1) await report(16 * MINUTE, THROTTLED);

  await report(21 * DAY, { kind: 'answered', by: 'read' });

  expect(model.pause()).toMatchObject({ until: 0, streak: 0 });
  expect(unavailable()).toBe(0);
});
