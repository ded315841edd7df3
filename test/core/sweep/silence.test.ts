import { beforeEach, describe, expect, it } from 'vitest';
import { type EventItem, PAUSE_KEY } from '../../../lambda/core/model/index.ts';
import { DAY, HOUR, MINUTE } from '../../../lambda/core/model/time.ts';
import { receive } from '../../../lambda/core/receive/receive.ts';
import { sweep } from '../../../lambda/core/sweep/index.ts';
import { START } from '../support/system.ts';
import { runComplete } from '../support/webhooks.ts';
import { createWorld } from '../support/world.ts';
import { sweepPorts } from './kit.ts';

let w: ReturnType<typeof createWorld>;

beforeEach(async () => {
  w = createWorld();
  await receive(w.ports, { svixId: 'm', body: runComplete() }, 90);
  w.queue.messages.clear();
});

/** Sweeps every 15 minutes until then, and gives the hours since the start at which a message was sent. */
async function sweepUntil(end: number): Promise<number[]> {
  const hours: number[] = [];
  while (w.system.time < end) {
    w.later(15 * MINUTE);
    const { resent } = await sweep(sweepPorts(w).ports);
    if (resent > 0) hours.push((w.system.time - START) / HOUR);
  }
  return hours;
}

const completion = (updated_at: number) =>
  w.model.force({
    pk: 'run#run-1',
    sk: `completion#${(w.model.get({ pk: 'event#event-1', sk: 'event' }) as EventItem).ended_at}`,
    v: 1,
    tag: 't',
    updated_at,
  } as never);

describe('an event without a sign of life', () => {
  it('an event without a sign of life is sent again after 1 hour, then after twice as long each time, at last once a day', async () => {
    expect(await sweepUntil(START + 7 * DAY)).toEqual([1, 3, 7, 15, 31, 55, 79, 103, 127, 151]);
  });

  it('an event without a sign of life is sent again an hour after the last sign of life, however often it was before', async () => {
    await sweepUntil(START + 31 * HOUR);
    w.later(20 * MINUTE);
    completion(w.system.time);
    const alive = w.system.time;
    const hours = (await sweepUntil(alive + 8 * HOUR)).map((hour) => hour - (alive - START) / HOUR);
    // Sweeps come every 15 minutes, and count from the send before.
    expect(hours.map(Math.floor)).toEqual([1, 3, 7]);
  });
});

describe('a pause', () => {
  const pauseUntil = (until: number) =>
    w.model.force({ ...PAUSE_KEY, v: 1, tag: 't', until, streak: 1 } as never);

  it('a pause is a sign of life until it ends', async () => {
    w.later(2 * HOUR);
    pauseUntil(w.system.time + 15 * MINUTE);
    expect(await sweepUntil(w.system.time + 60 * MINUTE)).toEqual([]);
    expect(await sweepUntil(w.system.time + 15 * MINUTE)).toHaveLength(1);
  });

  it('a pause that claims to last for years does not stop the sweeper', async () => {
    w.later(2 * HOUR);
    pauseUntil(Date.parse('3000-01-01T00:00:00Z'));
    expect(await sweepUntil(w.system.time + 15 * MINUTE)).toHaveLength(1);
  });
});

it('two events of one ending are both found, though they share a completion', async () => {
  await receive(w.ports, { svixId: 'm2', body: runComplete({}, { event_id: 'event-2' }) }, 90);
  w.later(2 * HOUR);
  expect(await sweep(sweepPorts(w).ports)).toMatchObject({ resent: 2 });
});
