import { beforeEach, expect, it } from 'vitest';
import type { Key } from '../../../lambda/core/model/index.ts';
import { MINUTE, SECOND } from '../../../lambda/core/model/time.ts';
import { LaterReleaseError } from '../../../lambda/core/store/compare-and-swap.ts';
import { NOTHING, PAUSED, READ, TestGates } from '../support/gates.ts';
import { pauseItem } from '../support/items.ts';
import { START } from '../support/system.ts';
import { asTable } from '../support/world.ts';

let gates: TestGates;

beforeEach(() => {
  gates = new TestGates();
});

it('a pause that several workers report counts once', async () => {
  const [one, two] = [gates.create(), gates.create()];
  await Promise.all([one.waiting(), two.waiting()]);
  await one.report({ kind: 'throttled', by: 'write', retryAfterMs: 20 * SECOND });
  expect(await two.report({ kind: 'throttled', by: 'write', retryAfterMs: 50 * SECOND })).toEqual(PAUSED);
  expect(gates.model.pause()).toMatchObject({ until: START + 50 * SECOND, streak: 1 });
});

it('a pause that cannot be read or written fails no call', async () => {
  let failing = true;
  const table = asTable(gates.model);
  const fail = async () => {
    throw new Error('the table is down');
  };
  const gate = gates.create({
    get: (key) => (failing ? fail() : table.get(key)),
    put: (item, expected) => (failing ? fail() : table.put(item, expected)),
  });
  expect(await gate.enter()).toMatchObject({ kind: 'open' });
  expect(await gate.waiting()).toBeUndefined();
  expect(await gate.report({ kind: 'throttled', by: 'write', retryAfterMs: SECOND })).toEqual(NOTHING);
  failing = false;
  expect(await gate.report({ kind: 'throttled', by: 'write', retryAfterMs: SECOND })).toEqual(PAUSED);
});

it('a pause is read again after a read that failed', async () => {
  await gates.create().report({ kind: 'throttled', by: 'write', retryAfterMs: MINUTE });
  const table = asTable(gates.model);
  let failing = true;
  const gate = gates.create({
    ...table,
    get: (key) => (failing ? Promise.reject(new Error('the table is down')) : table.get(key)),
  });
  expect(await gate.waiting()).toBeUndefined();
  failing = false;
  expect(await gate.waiting()).toBe(START + MINUTE);
});

it('the gate is not written by answers while it is open', async () => {
  await gates.afterPause();
  const gate = gates.create();
  await gate.report(READ);
  const { changes } = gates.model;
  await gate.report(READ);
  expect(gates.model.changes).toBe(changes);
});

it('the gate reads the pause once per invocation', async () => {
  let reads = 0;
  const table = asTable(gates.model);
  const counting = {
    ...table,
    get: (key: Key) => {
      reads += 1;
      return table.get(key);
    },
  };
  const one = gates.create(counting);
  await one.enter();
  await one.waiting();
  expect(reads).toBe(1);
  one.begin({ table: counting, cyberdesk: gates.cyberdesk, deadline: START });
  await one.enter();
  expect(reads).toBe(2);
});

it('the gate refuses to guess about a pause written by a later release', async () => {
  gates.model.force(pauseItem({ v: 2 }));
  await expect(gates.create().enter()).rejects.toBeInstanceOf(LaterReleaseError);
});
