import { describe, expect, it } from 'vitest';
import { pieceKey } from '../../../lambda/core/model/index.ts';
import { DAY, MINUTE, SECOND } from '../../../lambda/core/model/time.ts';
import { notify, type RuleDefinition, startRun } from '../../../lambda/rules/index.ts';
import { pauseItem } from '../support/items.ts';
import {
  action,
  completion,
  createRunCalls,
  event,
  failCall,
  loseResponse,
  processEvent,
  setUp,
  world,
} from '../support/scenario.ts';
import { START } from '../support/system.ts';

const startWith = (text: string): RuleDefinition => ({
  name: 'r',
  actions: () => startRun({ workflow_id: 'w', input_values: { text } }),
});

it('a large plan is stored in pieces and sent whole', async () => {
  const text = Array.from({ length: 9000 }, (_, index) => `line ${index}`).join('\n');
  await setUp(startWith(text));

  await loseResponse();

  expect(action()).not.toHaveProperty('body');
  expect(action().body_ref).toMatchObject({ pieces: 1, until: START + 90 * DAY });

  world.later(6 * SECOND);

  await processEvent();

  expect(JSON.parse(createRunCalls()[1]?.body ?? '').input_values.text).toBe(text);
  expect(action()).not.toHaveProperty('body_ref');
});

it('the pieces of a large plan that waits for long are renewed', async () => {
  await setUp(startWith('x'.repeat(70_000)));
  failCall('createRun', { status: 503 });
  await processEvent();
  world.later(59 * DAY);

  await processEvent();

  expect(action().body_ref?.until).toBe(START + 90 * DAY);

  world.later(DAY);

  await processEvent();

  // Exactly 30 days are left, which is enough.
  expect(action().body_ref?.until).toBe(START + 90 * DAY);

  world.later(DAY);

  await processEvent();

  expect(action().body_ref?.until).toBe(world.system.time + 60 * DAY);

  const piece = world.model.piece(action().body_ref?.sha256 ?? '', 0, 'plan');
  expect(piece?.ttl).toBe(Math.floor((world.system.time + 60 * DAY) / 1000));
});

describe('a large plan that waits for months', () => {
  /** Two starts that wait, where bodies are kept for 21 days. */
  async function setUpWaiting(): Promise<string[]> {
    await setUp({
      name: 'r',
      actions: () =>
        ['x', 'y'].map((text) =>
          startRun({ workflow_id: text, input_values: { text: text.repeat(70_000) } }),
        ),
    });
    Object.assign(world.worker.settings, { bodyRetention: 21 * DAY });
    for (const call of ['createRun', 'ping'] as const) failCall(call, { status: 401 });
    await processEvent();
    return completion().actions?.map(({ body_ref }) => body_ref?.sha256 ?? '') ?? [];
  }

  async function waitsWith(bodies: string[]): Promise<void> {
    expect(await processEvent({}, 2)).toMatchObject({ kind: 'wait', because: 'paused' });
    for (const sha256 of bodies) {
      const left = (world.model.piece(sha256, 0, 'plan')?.ttl ?? 0) * SECOND - world.system.time;
      expect(left).toBeGreaterThan(13 * DAY);
      expect(left).toBeLessThanOrEqual(21 * DAY);
    }
  }

  it('the pieces of each start are renewed, never for longer than bodies are kept, while one of them probes', async () => {
    const bodies = await setUpWaiting();

    for (let day = 0; day < 100; day += 1) {
      world.later(DAY);
      await waitsWith(bodies);
    }
  });

  it('the pieces are renewed as well while others pause and probe, so that nothing is claimed', async () => {
    const bodies = await setUpWaiting();
    const { changes } = world.model;

    for (let day = 0; day < 100; day += 1) {
      world.later(DAY);
      world.model.force(pauseItem({ streak: 9, until: world.system.time + MINUTE }));
      await waitsWith(bodies);
    }

    // Beside the pauses of others: each piece now and then, and nothing else.
    expect(world.model.changes - changes).toBeLessThan(100 + 2 * 17);
  });
});

it.each([14, 21, 31])(
  'the pieces of an action that fails are there as long as its dead letter, where bodies are kept for %i days',
  async (days) => {
    await setUp(startWith('x'.repeat(70_000)));
    Object.assign(world.worker.settings, { eventRetention: days * DAY, bodyRetention: days * DAY });
    failCall('createRun', { status: 503 });
    await processEvent();
    const { sha256 = '' } = action().body_ref ?? {};
    world.later(DAY - 10 * MINUTE);
    failCall('createRun', { status: 409, isJson: true });
    await processEvent({}, 2);
    world.later(5 * MINUTE);

    expect(await processEvent({}, 3)).toMatchObject({ outcome: 'failed' });

    expect(action()).toMatchObject({ failure: { reason: 'outcome_unknown' }, body_ref: { sha256 } });
    const left = (world.model.piece(sha256, 0, 'plan')?.ttl ?? 0) * SECOND - world.system.time;
    expect(left).toBeGreaterThanOrEqual(14 * DAY);
    expect(left).toBeLessThanOrEqual(days * DAY);
  },
);

it('a large plan whose pieces are missing fails as body_lost, or with an unknown outcome after an attempt', async () => {
  for (const [status, reason] of [
    [503, 'outcome_unknown'],
    [403, 'body_lost'],
  ] as const) {
    await setUp(startWith('x'.repeat(70_000)));
    failCall('createRun', { status });
    await processEvent();
    world.model.remove(pieceKey(action().body_ref?.sha256 ?? '', 0, 'plan'));
    world.later(MINUTE);
    await processEvent();
    expect(event()).toMatchObject({ state: 'failed', reason });
  }
});

it('the body of an action is stored with a small plan, and beside a large one', async () => {
  const text = (length: number) => 'x'.repeat(length);
  await setUp({
    name: 'r',
    actions: () => [notify('a'), startRun({ workflow_id: 'w', input_values: { text: text(65_400) } })],
  });
  failCall('createRun', { status: 401 });

  await processEvent();

  expect(completion().actions?.[1]).toHaveProperty('body');

  await setUp({
    name: 'r',
    actions: () => [notify('first'), startRun({ workflow_id: 'w', input_values: { text: text(66_000) } })],
  });
  failCall('createRun', { status: 401 });

  await processEvent();

  expect(completion().actions?.[1]).toHaveProperty('body_ref');
  expect(world.announced[0]?.subject).toBe('first');
});
