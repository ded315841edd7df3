import { expect, it } from 'vitest';
import type { Job } from './job.ts';
import { runInThreads } from './threads.ts';

const SCHEDULES = 10_000;
const THREADS = 2;

it(`the core keeps every promise in ${SCHEDULES.toLocaleString('en')} schedules`, {
  timeout: 300_000,
}, async () => {
  const jobs = Array.from(
    { length: THREADS },
    (_, share): Job => ({ kind: 'schedules', from: 1 + share, count: SCHEDULES / THREADS, step: THREADS }),
  );

  const { totals, failures } = await runInThreads(jobs);

  expect(failures).toEqual([]);
  expect(totals.schedules).toBe(SCHEDULES);
  // Everything that the simulation is for has happened, and often.
  for (const move of MOVES) expect(totals.moves[move], move).toBeGreaterThan(100);
  for (const fault of ['fail', 'kill', 'freeze', 'delay'])
    expect(totals.faults[fault], fault).toBeGreaterThan(1000);
  expect(totals.effects).toBeGreaterThan(SCHEDULES);
});

const MOVES = [
  'TTL',
  'deploy',
  'double delivery',
  'duplicate',
  'forgery',
  'in-place retry',
  'missing ended_at',
  'outage of api',
  'outage of queue',
  'outage of secrets',
  'outage of table',
  'outage of topics',
  'redrive by command',
  'redrive by console',
  'replan',
  'replay',
  'rotate API key',
  'rotate sensitive input',
  'rotate signing secret',
  'sweep',
  'throttle',
  'twin',
];
