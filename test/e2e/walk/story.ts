import { createHash, randomUUID } from 'node:crypto';
import { expect } from 'vitest';
import type { Fault } from '../../../local/faults/faults.ts';
import { begin, type Scenario } from './scenarios.ts';
import type { World } from './world.ts';

const SECOND = 1000;
/** First less than an idempotency key lives, then more than it takes to learn what a lost response did. */
const JUMPS = [10 * SECOND, 120 * SECOND];
/** The sweeper picks up events that have been idle for an hour. */
const FORGOTTEN = 61 * 60 * SECOND;
const MOST_JUMPS = 40;
const MOST_DELIVERIES = 8;

/** Plays a scenario to its end with at most one fault, and checks the result. Returns whether the fault has hit. */
export async function play(world: World, scenario: Scenario, fault?: Fault): Promise<boolean> {
  const { run } = world;
  const summary = randomUUID();
  await world.unpause();
  const story = await begin(world, scenario, summary);
  const planted = fault && run.faults.plant(fault);
  let hits = 0;
  // A lasting fault is removed once it has hit, when the caller has given up for now.
  const clearLong = () => hits > 0 && planted && fault?.times === 'always' && run.faults.clear(planted.id);
  const note = () => {
    hits = Math.max(hits, run.faults.list().find(({ id }) => id === planted?.id)?.hits ?? 0);
  };

  // Sent again until the response is 2xx, as Svix does.
  for (let attempt = 0, status = 0; status !== 200; attempt += 1) {
    expect(attempt, 'deliveries without a 2xx').toBeLessThan(MOST_DELIVERIES);
    status = await story.send();
    note();
    if (status !== 200) clearLong();
  }
  let event: Awaited<ReturnType<World['event']>>;
  for (let jump = 0; ; jump += 1) {
    await world.quiet();
    note();
    event = await world.event(story.event);
    if (event?.state !== 'received' && (await world.messages('QUEUE_URL')).length === 0) break;
    expect(jump, 'jumps until the event is finished').toBeLessThan(MOST_JUMPS);
    clearLong();
    await world.pass(scenario.forgotten ? FORGOTTEN : (JUMPS[jump] ?? (JUMPS.at(-1) as number)));
    if (scenario.forgotten) await run.sweep();
    note();
  }
  run.faults.clear();
  run.fake?.faults.clear();
  await check(world, scenario, { id: story.event, body: story.body, event, summary });
  return hits > 0;
}

/** Kinds of actions that are not exactly once. */
const AT_LEAST_ONCE = new Set(['notify', 'publish', 'deliver']);

/** A story that has come to its end. */
interface Ended {
  id: string;
  body: string;
  event: Awaited<ReturnType<World['event']>>;
  summary: string;
}

async function check(
  world: World,
  { ends, runs, does }: Scenario,
  { id, body, event, summary }: Ended,
): Promise<void> {
  const { run } = world;
  const marked = world.runsFor(summary);
  expect({ state: event?.state, runs: marked.length }).toEqual({ state: ends ?? 'processed', runs });
  const calls = event?.actions.filter(({ kind }) => !AT_LEAST_ONCE.has(kind)) ?? [];
  expect(calls).toHaveLength(1);
  for (const { key, run_ids } of calls) {
    // The API's own count of effects, and its runs.
    expect(run.fake?.state.effects.get(key) ?? 0, 'effects of the follow-up').toBe(ends === 'failed' ? 0 : 1);
    if (does !== 'retry') expect(run_ids.toSorted()).toEqual(marked.map(({ id }) => id).toSorted());
  }
  const announced = run.calls.published.filter(({ message }) => message.includes(id));
  const expected = event?.actions.filter(({ kind }) => kind === 'notify' || kind === 'publish').length ?? 0;
  expect(new Set(announced.map(({ topicArn }) => topicArn)).size, 'topics with a message').toBe(expected);
  const delivered = event?.actions.filter(({ kind }) => kind === 'deliver') ?? [];
  const arrived = [...(await world.archived()), ...run.outside.deliveries.map(({ body }) => body)];
  for (const { key } of delivered)
    expect(
      arrived.some((body) => JSON.parse(body).id === key),
      'an arrived delivery',
    ).toBe(true);

  const digest = (bytes: Buffer | string) => createHash('sha256').update(bytes).digest('hex');
  expect(digest(await world.body(id)), 'the stored body').toBe(digest(body));
  const dead = (await world.messages('DLQ_URL')).filter((body) => body.includes(id));
  if (ends === 'failed') expect(dead.map((body) => JSON.parse(body).reopen)).toContain(1);
  else expect(dead).toEqual([]);
}
