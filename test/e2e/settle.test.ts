import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { connectLocal } from '../../ops/stage/local.ts';
import { run } from '../ops/support/command.ts';
import { begin, SCENARIOS, type Scenario } from './walk/scenarios.ts';
import { World } from './walk/world.ts';

const LOST = SCENARIOS['a start whose response is lost'] as Scenario;
const MINUTE = 60_000;

describe('an action whose outcome stays unknown', () => {
  let world: World;
  beforeAll(async () => {
    world = await World.start();
  });
  afterAll(() => world?.stop());

  const verb = (...argv: string[]) => run(argv, { connect: () => connectLocal(world.run.url) });
  const shown = async (id: string) => (await verb('events', 'show', id)).out;

  /** Lets time pass until the event is finished. */
  async function toTheEnd(id: string): Promise<void> {
    for (let jumps = 0; jumps < 20; jumps += 1) {
      await world.quiet();
      const isFinished = !['received', 'processing'].includes((await world.event(id))?.state ?? 'received');
      if (isFinished && (await world.messages('QUEUE_URL')).length === 0) return;
      await world.pass(2 * MINUTE);
    }
    throw new Error('the event does not come to an end');
  }

  /** The response to a start is lost, and someone else starts an equal run at the same time. */
  async function lose() {
    const summary = randomUUID();
    const { event, body, send } = await begin(world, LOST, summary);
    await send();
    await world.quiet();
    const [ours] = world.runsFor(summary);
    const { workflow_id }: { workflow_id: string } = JSON.parse(body).run;
    const theirs = world.run.fake?.seedRun({ workflow_id, input_values: { summary } });
    await toTheEnd(event);
    expect(await world.event(event)).toMatchObject({ state: 'failed', reason: 'outcome_unknown' });
    if (!ours || !theirs) throw new Error('both runs should have been started');
    return { event, summary, ours, theirs };
  }

  const started = async (event: string) =>
    (await world.event(event))?.actions.find(({ kind }) => kind === 'startRun')?.run_ids;

  it('a redrive of an unknown outcome ends in the same way, and says that a decision is needed', async () => {
    const { event } = await lose();

    const { out } = await verb('dlq', 'redrive', event);
    await toTheEnd(event);

    expect(out).toContain('needs your decision');
    expect(await world.event(event)).toMatchObject({ state: 'failed', reason: 'outcome_unknown' });
    expect(await shown(event)).toContain(`events settle ${event} --action 1 --skip`);
  });

  it('a run that a person names ends an unknown outcome', async () => {
    const { event, summary, ours } = await lose();

    const { code } = await verb('events', 'settle', event, '--action', '1', '--run', ours.id);
    await toTheEnd(event);

    expect(code).toBe(0);
    expect(await world.event(event)).toMatchObject({ state: 'processed' });
    expect(await started(event)).toEqual([ours.id]);
    expect(world.runsFor(summary)).toHaveLength(2);
  });

  it('a start that a person repeats ends an unknown outcome', async () => {
    const { event, summary, ours, theirs } = await lose();

    const { code } = await verb('events', 'settle', event, '--action', '1', '--start-again');
    await toTheEnd(event);

    expect(code).toBe(0);
    expect(await world.event(event)).toMatchObject({ state: 'processed' });
    const runs = world.runsFor(summary).map(({ id }) => id);
    expect(runs).toHaveLength(3);
    expect(await started(event)).toEqual(runs.filter((id) => id !== ours.id && id !== theirs.id));
  });

  it('an action that a person skips ends an unknown outcome, and its old dead letter reopens nothing', async () => {
    const { event, summary } = await lose();

    const { code } = await verb('events', 'settle', event, '--action', '1', '--skip');
    await toTheEnd(event);
    const { out } = await verb('dlq', 'redrive', event);

    expect(code).toBe(0);
    expect(out).toContain('1 cleared');
    expect(await world.event(event)).toMatchObject({ state: 'processed' });
    expect(await started(event)).toEqual([]);
    expect(world.runsFor(summary)).toHaveLength(2);
    expect(await shown(event)).toContain('decided: skip it');
  });
});
