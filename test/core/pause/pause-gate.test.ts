import { beforeEach, expect, it } from 'vitest';
import type { Key } from '../../../lambda/core/model/index.ts';
import { HOUR, MINUTE, SECOND } from '../../../lambda/core/model/time.ts';
import type { CallReport } from '../../../lambda/core/pause/call-report.ts';
import { PauseGate } from '../../../lambda/core/pause/pause-gate.ts';
import { LaterReleaseError } from '../../../lambda/core/store/compare-and-swap.ts';
import { TableModel } from '../../simulation/model/table.ts';
import { callFailure, TestCyberdesk } from '../support/cyberdesk.ts';
import { pauseItem } from '../support/items.ts';
import { START, TestSystem } from '../support/system.ts';
import { asTable } from '../support/world.ts';

let model: TableModel;
let system: TestSystem;
let cyberdesk: TestCyberdesk;

/** The gate of another sandbox, in an invocation with time for a read. */
function createGate(table = asTable(model)): PauseGate {
  const gate = new PauseGate(system, MINUTE);
  gate.begin({ table, cyberdesk, deadline: START + 60 * MINUTE });
  return gate;
}

const WRITTEN: CallReport = { kind: 'answered', by: 'write' };
const READ: CallReport = { kind: 'answered', by: 'read' };
const failed = (id: string, tries = 0, by: 'read' | 'write' = 'read'): CallReport => ({
  kind: 'failed',
  subject: { id, tries, by },
});
const unwritten = (id: string): CallReport => failed(id, 0, 'write');
const denied = (id: string): CallReport => ({
  kind: 'denied',
  subject: { id, tries: 0, by: 'write' },
  status: 401,
});
const NOTHING = { paused: false, keyRefused: false };
const PAUSED = { paused: true, keyRefused: false };

/** A pause of one second that is over. */
async function afterPause(): Promise<void> {
  await createGate().report({ kind: 'throttled', by: 'write', retryAfterMs: SECOND });
  system.time += SECOND;
}

beforeEach(() => {
  model = new TableModel();
  system = new TestSystem();
  cyberdesk = new TestCyberdesk();
});

it('the gate is open and writes nothing while calls succeed', async () => {
  const one = createGate();
  expect(await one.enter()).toEqual({ kind: 'open' });
  expect(await one.waiting()).toBeUndefined();
  expect(await one.report(WRITTEN)).toEqual(NOTHING);
  expect(model.pause()).toBeUndefined();
});

it('the gate closes at the first throttled call, for as long as Retry-After says', async () => {
  const one = createGate();
  expect(await one.report({ kind: 'throttled', by: 'write', retryAfterMs: 90 * SECOND })).toEqual(PAUSED);
  expect(model.pause()).toMatchObject({ until: START + 90 * SECOND, streak: 1 });
  expect(await one.waiting()).toBe(START + 90 * SECOND);
  expect(await createGate().enter()).toEqual({ kind: 'closed', until: START + 90 * SECOND });
});

it('the gate never closes for more than 15 minutes, and never shortens a pause', async () => {
  await createGate().report({ kind: 'throttled', by: 'write', retryAfterMs: 5 * 60 * MINUTE });
  expect(model.pause()?.until).toBe(START + 15 * MINUTE);
  await createGate().report({ kind: 'throttled', by: 'write', retryAfterMs: SECOND });
  expect(model.pause()?.until).toBe(START + 15 * MINUTE);
});

it.each([0, -5 * SECOND])(
  'a pause has a floor that doubles when Retry-After says %i ms',
  async (retryAfterMs) => {
    for (const length of [1, 2, 4, 8]) {
      expect(await createGate().report({ kind: 'throttled', by: 'write', retryAfterMs })).toEqual(PAUSED);
      expect(model.pause()?.until).toBe(system.time + length * SECOND);
      system.time += length * SECOND;
    }
  },
);

it('three different actions that fail in a row close the gate', async () => {
  const gate = createGate();
  expect(await gate.report(failed('a'))).toEqual(NOTHING);
  expect(await gate.report(failed('b'))).toEqual(NOTHING);
  await gate.report(READ);
  expect(await gate.report(failed('c'))).toEqual(NOTHING);
  expect(await gate.report(failed('d'))).toEqual(NOTHING);
  expect(await gate.report(failed('e'))).toEqual(PAUSED);
  expect(model.pause()).toMatchObject({ until: START + 30 * SECOND, streak: 1 });
});

it('three different writes that fail in a row close the gate, whatever reads are answered between them', async () => {
  const gate = createGate();
  for (const id of ['a', 'b']) {
    expect(await gate.report(unwritten(id))).toEqual(NOTHING);
    await gate.report(READ);
  }
  await gate.report(WRITTEN);
  for (const id of ['a', 'b']) {
    expect(await gate.report(unwritten(id))).toEqual(NOTHING);
    await gate.report(READ);
  }
  expect(await gate.report(unwritten('c'))).toEqual(PAUSED);
});

it('a write that fails counts until a write is answered, even after its lookup failed and was answered', async () => {
  const gate = createGate();
  await gate.report(unwritten('a'));
  await gate.report(failed('a'));
  await gate.report(READ);
  await gate.report(unwritten('b'));
  expect(await gate.report(unwritten('c'))).toEqual(PAUSED);
});

it('the gate does not add up writes that failed hours apart: others may have been answered in another sandbox', async () => {
  const gate = createGate();
  await gate.report(unwritten('a'));
  await gate.report(unwritten('b'));
  system.time += 2 * HOUR;
  gate.begin({ table: asTable(model), cyberdesk, deadline: system.time + MINUTE });

  expect(await gate.report(unwritten('c'))).toEqual(NOTHING);
});

it('one write that always fails delays only itself while the API answers reads, its own before each try', async () => {
  const gate = createGate();
  for (let tries = 0; tries < 30; tries += 1) {
    gate.begin({ table: asTable(model), cyberdesk, deadline: START + 60 * MINUTE });
    await gate.report(READ);
    expect(await gate.report(failed('poison', tries, 'write'))).toEqual(NOTHING);
  }
  expect(model.pause()).toBeUndefined();
});

it('one action that always fails delays only itself while the API answers a read', async () => {
  const gate = createGate();
  for (let tries = 0; tries < 30; tries += 1) {
    gate.begin({ table: asTable(model), cyberdesk, deadline: START + 60 * MINUTE });
    expect(await gate.report(failed('poison', tries))).toEqual(NOTHING);
  }
  expect(model.pause()).toBeUndefined();
  expect(cyberdesk.named('ping')).toHaveLength(28);
});

it('one action that fails three times closes the gate if a read fails as well', async () => {
  cyberdesk.answers.ping = () => callFailure({ status: 503 });
  expect(await createGate().report(failed('a', 1))).toEqual(NOTHING);
  expect(cyberdesk.named('ping')).toHaveLength(0);
  expect(await createGate().report(failed('a', 2))).toEqual(PAUSED);
});

it('the read counts as failed if there is no time for it', async () => {
  const gate = createGate();
  gate.begin({ table: asTable(model), cyberdesk, deadline: START + 10 * SECOND - 1 });
  expect(await gate.report(failed('a', 2))).toEqual(PAUSED);
  expect(cyberdesk.named('ping')).toHaveLength(0);
});

it('a key that the read is refused for closes the gate at once', async () => {
  cyberdesk.answers.ping = () => callFailure({ status: 401 });
  const gate = createGate();
  expect(await gate.report(denied('a'))).toEqual({ paused: true, keyRefused: true });
  await gate.report(denied('b'));
  expect(cyberdesk.named('ping')).toHaveLength(1);
});

it('a request that is denied although the key is accepted is only its own failure', async () => {
  expect(await createGate().report(denied('a'))).toEqual(NOTHING);
  expect(model.pause()).toBeUndefined();
});

it('a denied request counts as failed while the read is not answered', async () => {
  cyberdesk.answers.ping = () => callFailure({ status: 503 });
  const gate = createGate();
  await gate.report(denied('a'));
  await gate.report(denied('b'));
  expect(await gate.report(denied('c'))).toEqual(PAUSED);
});

it('a missing key closes the gate at once', async () => {
  expect(await createGate().report({ kind: 'key_not_set' })).toEqual(PAUSED);
  expect(model.pause()).toMatchObject({ until: START + 30 * SECOND, streak: 1 });
});

it('each pause in a row doubles its length and its random spread', async () => {
  system.randomNumber = 0.5;
  for (const [streak, length] of [
    [1, 30],
    [2, 60],
    [3, 120],
    [4, 240],
    [5, 480],
    [6, 900],
    [7, 900],
  ] as const) {
    await createGate().report({ kind: 'throttled', by: 'write' });
    const until = system.time + length * SECOND;
    expect(model.pause()).toMatchObject({ until, streak });
    expect(await createGate().waiting()).toBe(until + 0.5 * Math.min(5 * 2 ** streak, 900) * SECOND);
    system.time = until;
  }
});

it.each<[string, CallReport, object]>([
  ['the API throttles', { kind: 'throttled', by: 'write' }, { kind: 'throttled', status: 429 }],
  ['the key has no value', { kind: 'key_not_set' }, { kind: 'key_not_set' }],
])('a pause names its cause where %s', async (_, report, cause) => {
  await createGate().report(report);
  expect(model.pause()?.cause).toEqual(cause);
});

it('a pause names its cause where the key is refused, and keeps it while one worker probes', async () => {
  cyberdesk.answers.ping = () => callFailure({ status: 401 });
  await createGate().report(denied('a'));
  expect(model.pause()?.cause).toEqual({ kind: 'key_refused', status: 401 });

  system.time += 30 * SECOND;
  await createGate().enter();
  expect(model.pause()).toMatchObject({ cause: { kind: 'key_refused' }, probe: {} });
});

it.each([[503], [undefined]])(
  'a pause names its cause where the API fails with status %s',
  async (status) => {
    const gate = createGate();
    for (const id of ['a', 'b', 'c'])
      await gate.report({ kind: 'failed', subject: { id, tries: 0, by: 'read' }, status });
    expect(model.pause()?.cause).toEqual({ kind: 'failed', ...(status && { status }) });

    system.time += 30 * SECOND;
    await createGate().report(WRITTEN);
    expect(model.pause()).not.toHaveProperty('cause');
  },
);

it('a pause that several workers report counts once', async () => {
  const [one, two] = [createGate(), createGate()];
  await Promise.all([one.waiting(), two.waiting()]);
  await one.report({ kind: 'throttled', by: 'write', retryAfterMs: 20 * SECOND });
  expect(await two.report({ kind: 'throttled', by: 'write', retryAfterMs: 50 * SECOND })).toEqual(PAUSED);
  expect(model.pause()).toMatchObject({ until: START + 50 * SECOND, streak: 1 });
});

it('one worker probes after a pause while the others wait for its report', async () => {
  await createGate().report({ kind: 'throttled', by: 'write', retryAfterMs: SECOND });
  system.time += SECOND;
  const [one, two, three] = [createGate(), createGate(), createGate()];
  await Promise.all([one.waiting(), two.waiting()]);
  expect(await one.enter()).toEqual({ kind: 'open' });
  expect(await two.enter()).toEqual({ kind: 'closed', until: system.time + MINUTE });
  expect(await three.enter()).toEqual({ kind: 'closed', until: system.time + MINUTE });
  expect(await three.waiting()).toBe(system.time + MINUTE);
  expect(await one.enter()).toEqual({ kind: 'closed', until: system.time + SECOND });
  await one.report(WRITTEN);
  expect(model.pause()).toMatchObject({ until: 0, streak: 0 });
  expect(model.pause()).not.toHaveProperty('probe');
  expect(await createGate().enter()).toEqual({ kind: 'open' });
});

it('a failed probe prolongs the pause if a read fails as well', async () => {
  await afterPause();
  cyberdesk.answers.ping = () => callFailure();
  const gate = createGate();
  await gate.enter();
  expect(await gate.report(failed('a'))).toEqual(PAUSED);
  expect(model.pause()).toMatchObject({ until: system.time + MINUTE, streak: 2 });
});

it('a failed probe opens the gate and keeps the streak if a read is answered, until a second action fails', async () => {
  await afterPause();
  const gate = createGate();
  await gate.enter();
  expect(await gate.report(failed('a'))).toEqual(NOTHING);
  expect(model.pause()).toMatchObject({ until: 0, streak: 1 });
  expect(await createGate().enter()).toEqual({ kind: 'open' });
  expect(await gate.report(failed('b'))).toEqual(PAUSED);
  expect(model.pause()).toMatchObject({ until: system.time + MINUTE, streak: 2 });
});

it('what failed before a pause does not count after it', async () => {
  const gate = createGate();
  for (const id of ['a', 'b', 'c']) await gate.report(failed(id));
  system.time += 30 * SECOND;
  gate.begin({ table: asTable(model), cyberdesk, deadline: START + 60 * MINUTE });

  expect(await gate.enter()).toEqual({ kind: 'open' });
  expect(await gate.report(failed('d'))).toEqual(NOTHING);
  expect(model.pause()).toMatchObject({ until: 0, streak: 1 });
});

it('what failed before a pause that another worker has begun does not count after it', async () => {
  const gate = createGate();
  for (const id of ['a', 'b']) await gate.report(failed(id));
  await afterPause();
  gate.begin({ table: asTable(model), cyberdesk, deadline: START + 60 * MINUTE });
  await gate.waiting();
  await createGate().report(WRITTEN);
  gate.begin({ table: asTable(model), cyberdesk, deadline: START + 60 * MINUTE });

  expect(await gate.report(failed('c'))).toEqual(NOTHING);
});

it('only an answered write ends the streak', async () => {
  await afterPause();
  await createGate().report(READ);
  expect(model.pause()).toMatchObject({ until: 0, streak: 1 });
  await createGate().report(WRITTEN);
  expect(model.pause()).toMatchObject({ until: 0, streak: 0 });
});

it('a pause that cannot be read or written fails no call', async () => {
  let failing = true;
  const table = asTable(model);
  const fail = async () => {
    throw new Error('the table is down');
  };
  const gate = createGate({
    get: (key) => (failing ? fail() : table.get(key)),
    put: (item, expected) => (failing ? fail() : table.put(item, expected)),
  });
  expect(await gate.enter()).toEqual({ kind: 'open' });
  expect(await gate.waiting()).toBeUndefined();
  expect(await gate.report({ kind: 'throttled', by: 'write', retryAfterMs: SECOND })).toEqual(NOTHING);
  failing = false;
  expect(await gate.report({ kind: 'throttled', by: 'write', retryAfterMs: SECOND })).toEqual(PAUSED);
});

it('another worker may probe when the first one has died', async () => {
  await createGate().report({ kind: 'throttled', by: 'write', retryAfterMs: SECOND });
  system.time += SECOND;
  await createGate().enter();
  system.time += MINUTE - 1;
  expect((await createGate().enter()).kind).toBe('closed');
  system.time += 1;
  expect((await createGate().enter()).kind).toBe('open');
});

it('the answer to a call from before the pause does not end it', async () => {
  const one = createGate();
  await one.report({ kind: 'throttled', by: 'write', retryAfterMs: MINUTE });
  await one.report(WRITTEN);
  expect(model.pause()).toMatchObject({ streak: 1, until: START + MINUTE });
});

it('workers that wait for a probe, their own or another, return at random times', async () => {
  await afterPause();
  system.randomNumber = 0.5;
  const one = createGate();
  await one.enter();

  expect(await one.enter()).toEqual({ kind: 'closed', until: system.time + SECOND + 2.5 * SECOND });
  expect(await createGate().enter()).toEqual({ kind: 'closed', until: system.time + MINUTE + 2.5 * SECOND });
});

it('requests that are denied although the key is accepted never add up to an outage', async () => {
  const gate = createGate();
  for (const id of ['a', 'b', 'c', 'd']) expect(await gate.report(denied(id))).toEqual(NOTHING);
});

it('an action that fails three times in one sandbox is suspicious before its tries are stored', async () => {
  const gate = createGate();
  for (let failures = 0; failures < 2; failures += 1) await gate.report(failed('a'));
  expect(cyberdesk.named('ping')).toHaveLength(0);
  await gate.report(failed('a'));
  expect(cyberdesk.named('ping')).toHaveLength(1);
});

it('a pause is read again after a read that failed', async () => {
  await createGate().report({ kind: 'throttled', by: 'write', retryAfterMs: MINUTE });
  const table = asTable(model);
  let failing = true;
  const gate = createGate({
    ...table,
    get: (key) => (failing ? Promise.reject(new Error('the table is down')) : table.get(key)),
  });
  expect(await gate.waiting()).toBeUndefined();
  failing = false;
  expect(await gate.waiting()).toBe(START + MINUTE);
});

it('the gate is not written by answers while it is open', async () => {
  await afterPause();
  const gate = createGate();
  await gate.report(READ);
  const { changes } = model;
  await gate.report(READ);
  expect(model.changes).toBe(changes);
});

it('the gate reads the pause once per invocation', async () => {
  let reads = 0;
  const table = asTable(model);
  const counting = {
    ...table,
    get: (key: Key) => {
      reads += 1;
      return table.get(key);
    },
  };
  const one = createGate(counting);
  await one.enter();
  await one.waiting();
  expect(reads).toBe(1);
  one.begin({ table: counting, cyberdesk, deadline: START });
  await one.enter();
  expect(reads).toBe(2);
});

it('the gate refuses to guess about a pause written by a later release', async () => {
  model.force(pauseItem({ v: 2 }));
  await expect(createGate().enter()).rejects.toBeInstanceOf(LaterReleaseError);
});
