import { expect, it } from 'vitest';
import type { Job } from './job.ts';
import { runInThreads } from './threads.ts';

const THREADS = 2;

const inThreads = (schedules: number, handlers: boolean): Job[] =>
  Array.from({ length: THREADS }, (_, share) => ({
    kind: 'schedules',
    from: 1 + share,
    count: schedules / THREADS,
    step: THREADS,
    handlers,
  }));

it('the functions keep every promise in 20,000 schedules', async () => {
  const { totals, failures } = await runInThreads(inThreads(20_000, false));

  expect(failures).toEqual([]);
  expect(totals.schedules).toBe(20_000);
  // Everything that the simulation is for has happened, and often.
  for (const move of MOVES) expect(totals.moves[move], move).toBeGreaterThan(100);
  for (const move of RARE_MOVES) expect(totals.moves[move], move).toBeGreaterThan(5);
  for (const fault of ['fail', 'kill', 'freeze', 'delay'])
    expect(totals.faults[fault], fault).toBeGreaterThan(1000);
  expect(totals.effects).toBeGreaterThan(20_000);
  // Equal runs of others are taken for ours, as the documentation says: without this, none was ever looked at.
  expect(totals.foreign).toBeGreaterThan(0);
});

it('the functions keep every promise over the clients of AWS in 500 schedules', async () => {
  const { totals, failures } = await runInThreads(inThreads(500, true));

  expect(failures).toEqual([]);
  expect(totals.schedules).toBe(500);
});

const MOVES = [
  'TTL',
  'brown-out of api',
  'brown-out of queue',
  'brown-out of secrets',
  'brown-out of table',
  'brown-out of topics',
  'deleted run',
  'deploy',
  'double delivery',
  'duplicate',
  'foreign run',
  'forgery',
  'in-flight limit',
  'in-place retry',
  'maintenance',
  'missing ended_at',
  'outage of api',
  'outage of queue',
  'outage of secrets',
  'outage of table',
  'outage of topics',
  'redrive by command',
  'redrive by console',
  'refused reads',
  'refused writes',
  'replan',
  'replay',
  'restore',
  'rotate API key',
  'rotate sensitive input',
  'rotate signing secret',
  'settle',
  'settled: run',
  'sweep',
  'throttle',
  'twin',
];

const RARE_MOVES = [
  'DynamoDB is denied',
  'backlog',
  'bundle does not load',
  'settled: skip',
  'settled: start_again',
];
