import { beforeEach, expect, it } from 'vitest';
import { HOUR, MINUTE, SECOND } from '../../../lambda/core/model/time.ts';
import type { CallReport } from '../../../lambda/core/pause/call-report.ts';
import { callFailure } from '../support/cyberdesk.ts';
import { denied, failed, NOTHING, PAUSED, READ, TestGates, unwritten, WRITTEN } from '../support/gates.ts';
import { START } from '../support/system.ts';
import { asTable } from '../support/world.ts';

let gates: TestGates;

beforeEach(() => {
  gates = new TestGates();
});

it('the gate is open and writes nothing while calls succeed', async () => {
  const one = gates.create();
  expect(await one.enter()).toMatchObject({ kind: 'open' });
  expect(await one.waiting()).toBeUndefined();
  expect(await one.report(WRITTEN)).toEqual(NOTHING);
  expect(gates.model.pause()).toBeUndefined();
});

it('the gate closes at the first throttled call, for as long as Retry-After says', async () => {
  const one = gates.create();
  expect(await one.report({ kind: 'throttled', by: 'write', retryAfterMs: 90 * SECOND })).toEqual(PAUSED);
  expect(gates.model.pause()).toMatchObject({ until: START + 90 * SECOND, streak: 1 });
  expect(await one.waiting()).toBe(START + 90 * SECOND);
  expect(await gates.create().enter()).toEqual({ kind: 'closed', until: START + 90 * SECOND });
});

it('the gate never closes for more than 15 minutes, and never shortens a pause', async () => {
  await gates.create().report({ kind: 'throttled', by: 'write', retryAfterMs: 5 * 60 * MINUTE });
  expect(gates.model.pause()?.until).toBe(START + 15 * MINUTE);
  await gates.create().report({ kind: 'throttled', by: 'write', retryAfterMs: SECOND });
  expect(gates.model.pause()?.until).toBe(START + 15 * MINUTE);
});

it.each([0, -5 * SECOND])(
  'a pause has a floor that doubles when Retry-After says %i ms',
  async (retryAfterMs) => {
    for (const length of [1, 2, 4, 8]) {
      expect(await gates.create().report({ kind: 'throttled', by: 'write', retryAfterMs })).toEqual(PAUSED);
      expect(gates.model.pause()?.until).toBe(gates.system.time + length * SECOND);
      gates.system.time += length * SECOND;
    }
  },
);

it('three different events that fail in a row close the gate', async () => {
  const gate = gates.create();
  expect(await gate.report(failed('a'))).toEqual(NOTHING);
  expect(await gate.report(failed('b'))).toEqual(NOTHING);
  await gate.report(READ);
  expect(await gate.report(failed('c'))).toEqual(NOTHING);
  expect(await gate.report(failed('d'))).toEqual(NOTHING);
  expect(await gate.report(failed('e'))).toEqual(PAUSED);
  expect(gates.model.pause()).toMatchObject({ until: START + 30 * SECOND, streak: 1 });
});

it('three different writes that fail in a row close the gate, whatever reads are answered between them', async () => {
  const gate = gates.create();
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
  const gate = gates.create();
  await gate.report(unwritten('a'));
  await gate.report(failed('a'));
  await gate.report(READ);
  await gate.report(unwritten('b'));
  expect(await gate.report(unwritten('c'))).toEqual(PAUSED);
});

it('the gate does not add up writes that failed hours apart: others may have been answered in another sandbox', async () => {
  const gate = gates.create();
  await gate.report(unwritten('a'));
  await gate.report(unwritten('b'));
  gates.system.time += 2 * HOUR;
  gate.begin({
    table: asTable(gates.model),
    cyberdesk: gates.cyberdesk,
    deadline: gates.system.time + MINUTE,
  });

  expect(await gate.report(unwritten('c'))).toEqual(NOTHING);
});

it('one write that always fails delays only itself while the API answers reads, its own before each try', async () => {
  const gate = gates.create();
  for (let tries = 0; tries < 30; tries += 1) {
    gate.begin({ table: asTable(gates.model), cyberdesk: gates.cyberdesk, deadline: START + 60 * MINUTE });
    await gate.report(READ);
    expect(await gate.report(failed('poison', tries, 'write'))).toEqual(NOTHING);
  }
  expect(gates.model.pause()).toBeUndefined();
});

it('one event that always fails delays only itself while the API answers a read', async () => {
  const gate = gates.create();
  for (let tries = 0; tries < 30; tries += 1) {
    gate.begin({ table: asTable(gates.model), cyberdesk: gates.cyberdesk, deadline: START + 60 * MINUTE });
    expect(await gate.report(failed('poison', tries))).toEqual(NOTHING);
  }
  expect(gates.model.pause()).toBeUndefined();
  expect(gates.cyberdesk.named('ping')).toHaveLength(28);
});

it('one event that fails three times closes the gate if a read fails as well', async () => {
  gates.cyberdesk.answers.ping = () => callFailure({ status: 503 });
  expect(await gates.create().report(failed('a', 1))).toEqual(NOTHING);
  expect(gates.cyberdesk.named('ping')).toHaveLength(0);
  expect(await gates.create().report(failed('a', 2))).toEqual(PAUSED);
});

it('a key that the read is refused for closes the gate at once', async () => {
  gates.cyberdesk.answers.ping = () => callFailure({ status: 401 });
  const gate = gates.create();
  expect(await gate.report(denied('a'))).toEqual({ paused: true, keyRefused: true });
  await gate.report(denied('b'));
  expect(gates.cyberdesk.named('ping')).toHaveLength(1);
});

it('a request that is denied although the key is accepted is only its own failure', async () => {
  expect(await gates.create().report(denied('a'))).toEqual(NOTHING);
  expect(gates.model.pause()).toBeUndefined();
});

it('a denied request counts as failed while the read is not answered', async () => {
  gates.cyberdesk.answers.ping = () => callFailure({ status: 503 });
  const gate = gates.create();
  await gate.report(denied('a'));
  await gate.report(denied('b'));
  expect(await gate.report(denied('c'))).toEqual(PAUSED);
});

it('a missing key closes the gate at once', async () => {
  expect(await gates.create().report({ kind: 'key_not_set' })).toEqual(PAUSED);
  expect(gates.model.pause()).toMatchObject({ until: START + 30 * SECOND, streak: 1 });
});

it.each<[string, CallReport, object]>([
  ['the API throttles', { kind: 'throttled', by: 'write' }, { kind: 'throttled', status: 429 }],
  ['the key has no value', { kind: 'key_not_set' }, { kind: 'key_not_set' }],
])('a pause names its cause where %s', async (_, report, cause) => {
  await gates.create().report(report);
  expect(gates.model.pause()?.cause).toEqual(cause);
});

it.each([[503], [undefined]])(
  'a pause names its cause where the API fails with status %s',
  async (status) => {
    const gate = gates.create();
    for (const id of ['a', 'b', 'c'])
      await gate.report({ kind: 'failed', subject: { id, tries: 0, by: 'read' }, status });
    expect(gates.model.pause()?.cause).toEqual({ kind: 'failed', ...(status && { status }) });

    gates.system.time += 30 * SECOND;
    await gates.create().report(WRITTEN);
    expect(gates.model.pause()).not.toHaveProperty('cause');
  },
);

it('requests that are denied although the key is accepted never add up to an outage', async () => {
  const gate = gates.create();
  for (const id of ['a', 'b', 'c', 'd']) expect(await gate.report(denied(id))).toEqual(NOTHING);
});

it('an event that fails three times in one sandbox is suspicious before its tries are stored', async () => {
  const gate = gates.create();
  for (let failures = 0; failures < 2; failures += 1) await gate.report(failed('a'));
  expect(gates.cyberdesk.named('ping')).toHaveLength(0);
  await gate.report(failed('a'));
  expect(gates.cyberdesk.named('ping')).toHaveLength(1);
});
