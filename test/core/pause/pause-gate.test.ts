import { beforeEach, expect, it } from 'vitest';
import { MINUTE, SECOND } from '../../../lambda/core/model/time.ts';
import { PauseGate } from '../../../lambda/core/pause/pause-gate.ts';
import { LaterReleaseError } from '../../../lambda/core/store/compare-and-swap.ts';
import { TableModel } from '../../simulation/model/table.ts';
import { pauseItem } from '../support/items.ts';
import { START, TestSystem } from '../support/system.ts';
import { asTable } from '../support/world.ts';

let model: TableModel;
let system: TestSystem;
const createGate = () => new PauseGate(asTable(model), system, MINUTE);

beforeEach(() => {
  model = new TableModel();
  system = new TestSystem();
});

it('the gate is open and writes nothing while calls succeed', async () => {
  const one = createGate();
  expect(await one.enter()).toEqual({ kind: 'open' });
  expect(await one.waiting()).toBeUndefined();
  expect(await one.report({ kind: 'answered' })).toBe(false);
  expect(model.pause()).toBeUndefined();
});

it('the gate closes at the first throttled call, for as long as Retry-After says', async () => {
  const one = createGate();
  expect(await one.report({ kind: 'throttled', retryAfterMs: 90 * SECOND })).toBe(true);
  expect(model.pause()).toMatchObject({ until: START + 90 * SECOND, streak: 1 });
  expect(await one.waiting()).toBe(START + 90 * SECOND);
  expect(await createGate().enter()).toEqual({ kind: 'closed', until: START + 90 * SECOND });
});

it('the gate never closes for more than 15 minutes, and never shortens a pause', async () => {
  await createGate().report({ kind: 'throttled', retryAfterMs: 5 * 60 * MINUTE });
  expect(model.pause()?.until).toBe(START + 15 * MINUTE);
  await createGate().report({ kind: 'throttled', retryAfterMs: SECOND });
  expect(model.pause()?.until).toBe(START + 15 * MINUTE);
});

it('the gate closes at the third failed call in a row in one sandbox', async () => {
  const one = createGate();
  expect(await one.report({ kind: 'failed' })).toBe(false);
  expect(await one.report({ kind: 'failed' })).toBe(false);
  await one.report({ kind: 'answered' });
  expect(await one.report({ kind: 'failed' })).toBe(false);
  one.begin();
  expect(await one.report({ kind: 'failed' })).toBe(false);
  expect(await one.report({ kind: 'failed' })).toBe(true);
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
    await createGate().report({ kind: 'throttled' });
    const until = system.time + length * SECOND;
    expect(model.pause()).toMatchObject({ until, streak });
    expect(await createGate().waiting()).toBe(until + 0.5 * Math.min(5 * 2 ** streak, 900) * SECOND);
    system.time = until;
  }
});

it('a pause that several workers report counts once', async () => {
  const [one, two] = [createGate(), createGate()];
  await Promise.all([one.waiting(), two.waiting()]);
  await one.report({ kind: 'throttled', retryAfterMs: 20 * SECOND });
  expect(await two.report({ kind: 'throttled', retryAfterMs: 50 * SECOND })).toBe(true);
  expect(model.pause()).toMatchObject({ until: START + 50 * SECOND, streak: 1 });
});

it('one worker probes after a pause while the others wait for its report', async () => {
  await createGate().report({ kind: 'throttled', retryAfterMs: SECOND });
  system.time += SECOND;
  const [one, two, three] = [createGate(), createGate(), createGate()];
  await Promise.all([one.waiting(), two.waiting()]);
  expect(await one.enter()).toEqual({ kind: 'open' });
  expect(await two.enter()).toEqual({ kind: 'closed', until: system.time + MINUTE });
  expect(await three.enter()).toEqual({ kind: 'closed', until: system.time + MINUTE });
  expect(await three.waiting()).toBe(system.time + MINUTE);
  expect(await one.enter()).toEqual({ kind: 'closed', until: system.time + SECOND });
  await one.report({ kind: 'answered' });
  expect(model.pause()).toMatchObject({ until: 0, streak: 0 });
  expect(model.pause()).not.toHaveProperty('probe');
  expect(await createGate().enter()).toEqual({ kind: 'open' });
});

it('a failed probe prolongs the pause at once', async () => {
  await createGate().report({ kind: 'throttled', retryAfterMs: SECOND });
  system.time += SECOND;
  const one = createGate();
  await one.enter();
  expect(await one.report({ kind: 'failed' })).toBe(true);
  expect(model.pause()).toMatchObject({ until: system.time + MINUTE, streak: 2 });
});

it('another worker may probe when the first one has died', async () => {
  await createGate().report({ kind: 'throttled', retryAfterMs: SECOND });
  system.time += SECOND;
  await createGate().enter();
  system.time += MINUTE - 1;
  expect((await createGate().enter()).kind).toBe('closed');
  system.time += 1;
  expect((await createGate().enter()).kind).toBe('open');
});

it('the answer to a call from before the pause does not end it', async () => {
  const one = createGate();
  await one.report({ kind: 'throttled', retryAfterMs: MINUTE });
  await one.report({ kind: 'answered' });
  expect(model.pause()).toMatchObject({ streak: 1, until: START + MINUTE });
});

it('the gate reads the pause once per invocation', async () => {
  let reads = 0;
  const table = asTable(model);
  const one = new PauseGate(
    {
      ...table,
      get: (key) => {
        reads += 1;
        return table.get(key);
      },
    },
    system,
    MINUTE,
  );
  await one.enter();
  await one.waiting();
  expect(reads).toBe(1);
  one.begin();
  await one.enter();
  expect(reads).toBe(2);
});

it('the gate refuses to guess about a pause written by a later release', async () => {
  model.force(pauseItem({ v: 2 }));
  await expect(createGate().enter()).rejects.toBeInstanceOf(LaterReleaseError);
});
