import { beforeEach, expect, it } from 'vitest';
import { MINUTE, SECOND } from '../../../lambda/core/model/time.ts';
import { callFailure } from '../support/cyberdesk.ts';
import { denied, failed, NOTHING, PAUSED, READ, TestGates, WRITTEN } from '../support/gates.ts';
import { START } from '../support/system.ts';
import { asTable } from '../support/world.ts';

let gates: TestGates;

beforeEach(() => {
  gates = new TestGates();
});

it('each pause in a row doubles its length and its random spread', async () => {
  gates.system.randomNumber = 0.5;
  for (const [streak, length] of [
    [1, 30],
    [2, 60],
    [3, 120],
    [4, 240],
    [5, 480],
    [6, 900],
    [7, 900],
  ] as const) {
    await gates.create().report({ kind: 'throttled', by: 'write' });
    const until = gates.system.time + length * SECOND;
    expect(gates.model.pause()).toMatchObject({ until, streak });
    expect(await gates.create().waiting()).toBe(until + 0.5 * Math.min(5 * 2 ** streak, 900) * SECOND);
    gates.system.time = until;
  }
});

it('a pause names its cause where the key is refused, and keeps it while one worker probes', async () => {
  gates.cyberdesk.answers.ping = () => callFailure({ status: 401 });
  await gates.create().report(denied('a'));
  expect(gates.model.pause()?.cause).toEqual({ kind: 'key_refused', status: 401 });

  gates.system.time += 30 * SECOND;
  await gates.create().enter();
  expect(gates.model.pause()).toMatchObject({ cause: { kind: 'key_refused' }, probe: {} });
});

it('one worker probes after a pause while the others wait for its report', async () => {
  await gates.create().report({ kind: 'throttled', by: 'write', retryAfterMs: SECOND });
  gates.system.time += SECOND;
  const [one, two, three] = [gates.create(), gates.create(), gates.create()];
  await Promise.all([one.waiting(), two.waiting()]);
  expect(await one.enter()).toMatchObject({ kind: 'open' });
  expect(await two.enter()).toEqual({ kind: 'closed', until: gates.system.time + 10 * SECOND });
  expect(await three.enter()).toEqual({ kind: 'closed', until: gates.system.time + 10 * SECOND });
  expect(await three.waiting()).toBe(gates.system.time + 10 * SECOND);
  expect(await one.enter()).toEqual({ kind: 'closed', until: gates.system.time + SECOND });
  await one.report(WRITTEN);
  expect(gates.model.pause()).toMatchObject({ until: 0, streak: 0 });
  expect(gates.model.pause()).not.toHaveProperty('probe');
  expect(await gates.create().enter()).toMatchObject({ kind: 'open' });
});

it('a failed probe prolongs the pause if a read fails as well', async () => {
  await gates.afterPause();
  gates.cyberdesk.answers.ping = () => callFailure();
  const gate = gates.create();
  await gate.enter();
  expect(await gate.report(failed('a'))).toEqual(PAUSED);
  expect(gates.model.pause()).toMatchObject({ until: gates.system.time + MINUTE, streak: 2 });
});

it('a failed probe opens the gate and keeps the streak if a read is answered, until a second event fails', async () => {
  await gates.afterPause();
  const gate = gates.create();
  await gate.enter();
  expect(await gate.report(failed('a'))).toEqual(NOTHING);
  expect(gates.model.pause()).toMatchObject({ until: 0, streak: 1 });
  expect(await gates.create().enter()).toMatchObject({ kind: 'open' });
  expect(await gate.report(failed('b'))).toEqual(PAUSED);
  expect(gates.model.pause()).toMatchObject({ until: gates.system.time + MINUTE, streak: 2 });
});

it('what failed before a pause does not count after it', async () => {
  const gate = gates.create();
  for (const id of ['a', 'b', 'c']) await gate.report(failed(id));
  gates.system.time += 30 * SECOND;
  gate.begin({ table: asTable(gates.model), cyberdesk: gates.cyberdesk, deadline: START + 60 * MINUTE });

  expect(await gate.enter()).toMatchObject({ kind: 'open' });
  expect(await gate.report(failed('d'))).toEqual(NOTHING);
  expect(gates.model.pause()).toMatchObject({ until: 0, streak: 1 });
});

it('what failed before a pause that another worker has begun does not count after it', async () => {
  const gate = gates.create();
  for (const id of ['a', 'b']) await gate.report(failed(id));
  await gates.afterPause();
  gate.begin({ table: asTable(gates.model), cyberdesk: gates.cyberdesk, deadline: START + 60 * MINUTE });
  await gate.waiting();
  await gates.create().report(WRITTEN);
  gate.begin({ table: asTable(gates.model), cyberdesk: gates.cyberdesk, deadline: START + 60 * MINUTE });

  expect(await gate.report(failed('c'))).toEqual(NOTHING);
});

it('only an answered write ends the streak', async () => {
  await gates.afterPause();
  await gates.create().report(READ);
  expect(gates.model.pause()).toMatchObject({ until: 0, streak: 1 });
  await gates.create().report(WRITTEN);
  expect(gates.model.pause()).toMatchObject({ until: 0, streak: 0 });
});

it('another worker may probe when the first one has died', async () => {
  await gates.create().report({ kind: 'throttled', by: 'write', retryAfterMs: SECOND });
  gates.system.time += SECOND;
  await gates.create().enter();
  gates.system.time += MINUTE - 1;
  expect((await gates.create().enter()).kind).toBe('closed');
  gates.system.time += 1;
  expect((await gates.create().enter()).kind).toBe('open');
});

it('another worker may probe once the invocation of the first one must have made its last call', async () => {
  await gates.afterPause();
  const gate = gates.create();
  const deadline = gates.system.time + 10 * SECOND;
  gate.begin({ table: asTable(gates.model), cyberdesk: gates.cyberdesk, deadline });
  await gate.enter();

  gates.system.time = deadline + 10 * SECOND - 1;
  expect((await gates.create().enter()).kind).toBe('closed');
  gates.system.time += 1;
  expect((await gates.create().enter()).kind).toBe('open');
});

it('the next worker probes at once where an admitted call was not made', async () => {
  await gates.afterPause();
  const gate = gates.create();
  const admission = await gate.enter();
  if (admission.kind === 'closed') throw new Error('the pause is over');
  await gate.leave(admission);

  expect(gates.model.pause()).toMatchObject({ until: START + SECOND, streak: 1 });
  expect(gates.model.pause()).not.toHaveProperty('probe');
  expect((await gates.create().enter()).kind).toBe('open');
});

it('the end of one call leaves the probe of another, and the answer to its own, as they are', async () => {
  const gate = gates.create();
  const before = await gate.enter();
  await gates.afterPause();
  gate.begin({ table: asTable(gates.model), cyberdesk: gates.cyberdesk, deadline: START + 60 * MINUTE });
  const probe = await gate.enter();
  if (before.kind === 'closed' || probe.kind === 'closed') throw new Error('the pause is over');
  await gate.leave(before);
  expect(gates.model.pause()).toHaveProperty('probe');

  await gate.report(WRITTEN);
  const changes = gates.model.changes;
  await gate.leave(probe);
  expect(gates.model.changes).toBe(changes);
});

it('the answer to a call from before the pause does not end it', async () => {
  const one = gates.create();
  await one.report({ kind: 'throttled', by: 'write', retryAfterMs: MINUTE });
  await one.report(WRITTEN);
  expect(gates.model.pause()).toMatchObject({ streak: 1, until: START + MINUTE });
});

it('workers that wait for a probe, their own or another, return at random times', async () => {
  await gates.afterPause();
  gates.system.randomNumber = 0.5;
  const one = gates.create();
  await one.enter();

  expect(await one.enter()).toEqual({ kind: 'closed', until: gates.system.time + SECOND + 2.5 * SECOND });
  expect(await gates.create().enter()).toEqual({
    kind: 'closed',
    until: gates.system.time + 10 * SECOND + 2.5 * SECOND,
  });
});

it('a failed probe prolongs the pause also if other calls of the invocation have asked at once', async () => {
  await gates.afterPause();
  gates.cyberdesk.answers.ping = () => callFailure();
  const gate = gates.create();
  const admitted = await Promise.all([gate.enter(), gate.enter(), gate.enter()]);

  expect(admitted.map(({ kind }) => kind)).toEqual(['open', 'closed', 'closed']);
  expect(await gate.report(failed('a'))).toEqual(PAUSED);
  expect(gates.model.pause()).toMatchObject({ until: gates.system.time + MINUTE, streak: 2 });
});
