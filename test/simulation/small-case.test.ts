import { expect, it } from 'vitest';
import type { Job } from './job.ts';
import { PLANTS } from './plants/index.ts';
import { runSmallCase, SECONDS, tryAll } from './small-case.ts';
import { runInThreads } from './threads.ts';

const THREADS = 2;
const inThreads = (job: Omit<Extract<Job, { kind: 'small case' }>, 'kind' | 'share' | 'shares'>): Job[] =>
  Array.from({ length: THREADS }, (_, share) => ({ kind: 'small case', share, shares: THREADS, ...job }));

it('one event with two workers ends well without faults, whenever the second one starts', async () => {
  for (const second of SECONDS) {
    const { result } = await runSmallCase({ second, script: [] });
    expect(result).toMatchObject({ ok: true, figures: { effects: 1, deadLetters: 0 } });
  }
});

it('one event with two workers survives every single fault at every request', async () => {
  const kinds = [
    'fail before',
    'fail after',
    'kill before',
    'kill after',
    'freeze before',
    'freeze after',
    'long freeze',
  ];

  const { totals, failures } = await runInThreads(inThreads({ kinds, seconds: SECONDS, most: 1 }));

  expect(failures).toEqual([]);
  expect(totals.schedules).toBeGreaterThan(1500);
});

// Every kind of fault at every time: npm run simulate -- --exhaustive
it('one event with two workers survives every pair of the hardest faults', async () => {
  const kinds = ['fail after', 'kill after', 'freeze before'];

  const { totals, failures } = await runInThreads(inThreads({ kinds, seconds: [97, 127], most: 2 }));

  expect(failures).toEqual([]);
  expect(totals.schedules).toBeGreaterThan(3000);
});

it.each(['acknowledges on a live lease', 'never looks up'])(
  'single faults expose a worker that %s',
  async (name) => {
    const { plant = {} } = PLANTS[name] ?? {};
    let broken = 0;
    for (const second of [97, 107, 117, 127]) {
      await tryAll(
        second,
        ['kill after', 'fail after'],
        1,
        (_, result) => {
          if (!result.ok) broken += 1;
        },
        { plant },
      );
    }
    expect(broken).toBeGreaterThan(0);
  },
);
