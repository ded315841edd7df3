import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Fault } from '../../local/aws/faults.ts';
import { startLocal } from '../../local/run.ts';
import { Whole } from './kit/local-run.ts';
import { runComplete } from './kit/webhooks.ts';

/**
 * Walks every call that the two handlers make for one webhook, and breaks each in every way, before and after it takes
 * effect. Whatever breaks, an answered webhook leads to exactly one run.
 */

/** Runs at work side by side: what a kill costs is waiting for a lease, not computing. */
const RUNS = 12;
/** Just above the time-out of one call, below which nothing would be sent. */
const LEASE_SECONDS = '12';

interface Case {
  function: 'verifier' | 'processor';
  call: string;
  nth: number;
  fault: Pick<Fault, 'do' | 'when' | 'times' | 'status'>;
}

const BREAKS: Case['fault'][] = (['before', 'after'] as const).flatMap((when) => [
  { do: 'kill', when },
  // Once: the SDK, or the client's own retries, must cope. For long: the whole invocation fails.
  { do: 'drop', when },
  { do: 'fail', when, times: 12, status: 500 },
]);

const start = async () =>
  new Whole(
    await startLocal({
      environment: { NEXT_WORKFLOW_ID: randomUUID(), LEASE_SECONDS },
      redeliverySeconds: 1,
      sandboxLimit: 2,
    }),
  );

/** Both handlers start anew: the calls of a cold start (secrets) are then among those that are walked. */
function chill({ run }: Whole): void {
  for (const name of ['verifier', 'processor']) run.functions.killAll(run.fn(name));
}

/** The calls for one webhook after a cold start, from what was counted. */
async function callsOf(whole: Whole): Promise<Omit<Case, 'fault'>[]> {
  const before = new Map(whole.run.calls.counts);
  const webhook = runComplete({ output_data: { summary: randomUUID() } });
  chill(whole);
  await whole.deliver(webhook);
  await whole.finished(webhook.event_id);
  const calls: Omit<Case, 'fault'>[] = [{ function: 'processor', call: 'cyberdesk:POST /v1/runs', nth: 1 }];
  for (const [key, count] of whole.run.calls.counts) {
    const [name, call] = key.split(' ') as ['verifier' | 'processor', string];
    if (name !== 'verifier' && name !== 'processor') continue;
    const times = count - (before.get(key) ?? 0);
    for (let nth = 1; nth <= times; nth += 1) calls.push({ function: name, call, nth });
  }
  return calls;
}

/** One webhook through one fault, sent again until it is answered 2xx, as Svix does. */
async function survive(whole: Whole, { fault, ...at }: Case): Promise<void> {
  const summary = randomUUID();
  const webhook = runComplete({ output_data: { summary } });
  chill(whole);
  const planted = whole.run.faults.plant({ ...at, ...fault });
  const id = `msg_${randomUUID()}`;
  let status = 0;
  for (let attempt = 0; attempt < 8 && status !== 200; attempt += 1) {
    ({ status } = await whole.deliver(webhook, { id }));
    if (fault.times && status !== 200) whole.run.faults.clear(planted.id);
  }
  expect(status).toBe(200);
  // A long fault ends once it has done its harm: the first invocation has failed by then.
  const ended = fault.times ? setTimeout(() => whole.run.faults.clear(planted.id), 3_000) : undefined;
  const event = await whole.finished(webhook.event_id, 90_000);
  clearTimeout(ended);
  const hits = whole.run.faults.list().find((one) => one.id === planted.id)?.hits;
  whole.run.faults.clear(planted.id);

  const runs = whole.runsFor(summary);
  expect({ state: event.state, runs: runs.length }).toEqual({ state: 'processed', runs: 1 });
  expect(event.actions.find(({ kind }) => kind === 'startRun')?.run_ids).toEqual([runs[0]?.id]);
  // A fault that nothing met has shown nothing. (A long one is gone by now.)
  if (!fault.times) expect(hits).toBeGreaterThan(0);
}

describe('every call of both handlers', () => {
  let wholes: Whole[] = [];
  beforeAll(async () => {
    // The first one synthesizes, if need be, for all.
    wholes = [await start()];
    wholes.push(...(await Promise.all(Array.from({ length: RUNS - 1 }, start))));
  });
  afterAll(() => Promise.all(wholes.map(({ run }) => run.stop())));

  it('may be lost, fail, or kill its function, and the webhook still leads to exactly one run', async () => {
    const calls = await callsOf(wholes[0] as Whole);
    const cases = calls.flatMap((call) => BREAKS.map((fault) => ({ ...call, fault })));
    const failures: string[] = [];
    const names = new Set(calls.map((call) => `${call.function} ${call.call}`));

    // Every service that the handlers use is on the way.
    for (const name of [
      'verifier dynamodb:PutItem',
      'verifier sqs:SendMessage',
      'verifier secretsmanager:GetSecretValue',
      'processor secretsmanager:GetSecretValue',
      'processor dynamodb:GetItem',
      'processor dynamodb:PutItem',
      'processor sns:Publish',
      'processor cyberdesk:POST /v1/runs',
    ]) {
      expect(names).toContain(name);
    }

    const rest = [...cases];
    const work = async (whole: Whole) => {
      for (let next = rest.shift(); next; next = rest.shift()) {
        const { fault, call, nth } = next;
        await survive(whole, next).catch((error: Error) => {
          failures.push(`${next.function} ${call} #${nth} ${fault.do} ${fault.when}: ${error.message}`);
          whole.run.faults.clear();
        });
      }
    };
    await Promise.all(wholes.map(work));

    console.log(`${cases.length} faults at ${calls.length} calls, ${failures.length} not survived`);
    expect(failures).toEqual([]);
  }, 300_000);
});
