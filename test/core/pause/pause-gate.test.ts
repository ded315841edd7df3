import { beforeEach, describe, expect, it } from 'vitest';
import { PAUSE_KEY, type PauseItem } from '../../../lambda/core/model/index.ts';
import { MINUTE, SECOND } from '../../../lambda/core/model/time.ts';
import { PauseGate } from '../../../lambda/core/pause/pause-gate.ts';
import { LaterReleaseError } from '../../../lambda/core/store/compare-and-swap.ts';
import { TableModel } from '../../simulation/model/table.ts';
import { START, TestSystem } from '../support/system.ts';
import { asTable } from '../support/world.ts';

let model: TableModel;
let system: TestSystem;
const gate = () => new PauseGate(asTable(model), system, MINUTE);
const item = () => model.get(PAUSE_KEY) as PauseItem | undefined;

beforeEach(() => {
  model = new TableModel();
  system = new TestSystem();
});

describe('PauseGate', () => {
  it('is open while nothing is wrong, and writes nothing', async () => {
    const one = gate();
    expect(await one.enter()).toEqual({ kind: 'open' });
    expect(await one.waiting()).toBeUndefined();
    expect(await one.report({ kind: 'answered' })).toBe(false);
    expect(item()).toBeUndefined();
  });

  it('closes at the first throttled call, for as long as it is told', async () => {
    const one = gate();
    expect(await one.report({ kind: 'throttled', retryAfterMs: 90 * SECOND })).toBe(true);
    expect(item()).toMatchObject({ until: START + 90 * SECOND, streak: 1 });
    expect(await one.waiting()).toBe(START + 90 * SECOND);
    expect(await gate().enter()).toEqual({ kind: 'closed', until: START + 90 * SECOND });
  });

  it('never closes for more than 15 minutes, and never shortens a pause', async () => {
    await gate().report({ kind: 'throttled', retryAfterMs: 5 * 60 * MINUTE });
    expect(item()?.until).toBe(START + 15 * MINUTE);
    await gate().report({ kind: 'throttled', retryAfterMs: SECOND });
    expect(item()?.until).toBe(START + 15 * MINUTE);
  });

  it('closes at the third failed call in a row of one sandbox', async () => {
    const one = gate();
    expect(await one.report({ kind: 'failed' })).toBe(false);
    expect(await one.report({ kind: 'failed' })).toBe(false);
    await one.report({ kind: 'answered' });
    expect(await one.report({ kind: 'failed' })).toBe(false);
    one.begin();
    expect(await one.report({ kind: 'failed' })).toBe(false);
    expect(await one.report({ kind: 'failed' })).toBe(true);
    expect(item()).toMatchObject({ until: START + 30 * SECOND, streak: 1 });
  });

  it('doubles pauses and spreads in a row', async () => {
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
      await gate().report({ kind: 'throttled' });
      const until = system.time + length * SECOND;
      expect(item()).toMatchObject({ until, streak });
      expect(await gate().waiting()).toBe(until + 0.5 * Math.min(5 * 2 ** streak, 900) * SECOND);
      system.time = until;
    }
  });

  it('counts one pause that several workers meet as one', async () => {
    const [one, two] = [gate(), gate()];
    await Promise.all([one.waiting(), two.waiting()]);
    await one.report({ kind: 'throttled', retryAfterMs: 20 * SECOND });
    expect(await two.report({ kind: 'throttled', retryAfterMs: 50 * SECOND })).toBe(true);
    expect(item()).toMatchObject({ until: START + 50 * SECOND, streak: 1 });
  });

  it('lets one probe at the end of a pause, and the others wait for its news', async () => {
    await gate().report({ kind: 'throttled', retryAfterMs: SECOND });
    system.time += SECOND;
    const [one, two, three] = [gate(), gate(), gate()];
    await Promise.all([one.waiting(), two.waiting()]);
    expect(await one.enter()).toEqual({ kind: 'open' });
    expect(await two.enter()).toEqual({ kind: 'closed', until: system.time + MINUTE });
    expect(await three.enter()).toEqual({ kind: 'closed', until: system.time + MINUTE });
    expect(await three.waiting()).toBe(system.time + MINUTE);
    expect(await one.enter()).toEqual({ kind: 'closed', until: system.time + SECOND });
    await one.report({ kind: 'answered' });
    expect(item()).toMatchObject({ until: 0, streak: 0 });
    expect(item()).not.toHaveProperty('probe');
    expect(await gate().enter()).toEqual({ kind: 'open' });
  });

  it('prolongs the pause when the probe fails, at once', async () => {
    await gate().report({ kind: 'throttled', retryAfterMs: SECOND });
    system.time += SECOND;
    const one = gate();
    await one.enter();
    expect(await one.report({ kind: 'failed' })).toBe(true);
    expect(item()).toMatchObject({ until: system.time + MINUTE, streak: 2 });
  });

  it('lets another probe when the first has died', async () => {
    await gate().report({ kind: 'throttled', retryAfterMs: SECOND });
    system.time += SECOND;
    await gate().enter();
    system.time += MINUTE - 1;
    expect((await gate().enter()).kind).toBe('closed');
    system.time += 1;
    expect((await gate().enter()).kind).toBe('open');
  });

  it('does not end a pause for the answer to an earlier call', async () => {
    const one = gate();
    await one.report({ kind: 'throttled', retryAfterMs: MINUTE });
    await one.report({ kind: 'answered' });
    expect(item()).toMatchObject({ streak: 1, until: START + MINUTE });
  });

  it('reads once per invocation', async () => {
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

  it('waits for a later release', async () => {
    model.force({ ...PAUSE_KEY, v: 2, tag: 't' } as never);
    await expect(gate().enter()).rejects.toBeInstanceOf(LaterReleaseError);
  });
});
