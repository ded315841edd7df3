import { randomBytes } from 'node:crypto';
import { beforeEach, expect, it } from 'vitest';
import { DAY, SECOND } from '../../../lambda/core/model/time.ts';
import {
  beforeGet,
  event,
  failCall,
  justBefore,
  processEvent,
  setUpWith,
  world,
} from '../support/scenario.ts';
import { START } from '../support/system.ts';
import { startNext } from '../support/webhooks.ts';

beforeEach(() => setUpWith({ output_data: { noise: randomBytes(9000).toString('base64') } }, startNext));

function firstPiece() {
  const found = world.model.piece(event().body_sha256, 0);
  if (!found) throw new Error('there is no piece');
  return found;
}

it('the body of an unfinished event is renewed shortly before it expires', async () => {
  failCall('createRun', { status: 401 });
  const first = START / 1000 + (90 * DAY) / 1000;
  world.later(74 * DAY - 1);

  await processEvent();

  expect(firstPiece().ttl).toBe(first);

  world.later(2 * SECOND);

  await processEvent({}, 2);

  expect(firstPiece().ttl).toBe(Math.floor((world.system.time + 32 * DAY) / 1000));

  const renewed = firstPiece().ttl;
  world.later(10 * DAY);

  await processEvent({}, 3);

  expect(firstPiece().ttl).toBe(renewed);
});

it.each([14, 16, 17, 21, 31])(
  'the body of an event that is processed at once expires after the %i days for which bodies are kept',
  async (days) => {
    keepBodiesFor(days);

    expect(await processEvent()).toMatchObject({ outcome: 'processed' });

    expect(expiry()).toBe(START + days * DAY);
    expect((event().ttl ?? 0) * SECOND).toBeGreaterThanOrEqual(expiry());
  },
);

it.each([14, 21, 31])(
  'the body of an event that waits for months never expires, nor later than the event, where bodies are kept for %i days',
  async (days) => {
    keepBodiesFor(days);
    for (const call of ['createRun', 'ping'] as const) failCall(call, { status: 401 });
    for (let day = 0; day < 100; day += 1) {
      expect(await processEvent({}, 2)).toMatchObject({ kind: 'wait' });
      const left = expiry() - world.system.time;
      expect(left).toBeGreaterThan(Math.min(15, days - 2) * DAY);
      expect(left).toBeLessThanOrEqual(days * DAY);
      world.later(DAY);
    }
  },
);

it.each([14, 16, 17, 21, 31])(
  'the body of an event that fails is there as long as its dead letter, where bodies are kept for %i days',
  async (days) => {
    keepBodiesFor(days);
    failCall('createRun', { status: 503 });
    expect(await processEvent()).toMatchObject({ kind: 'wait' });
    world.later(DAY - SECOND);
    failCall('createRun', { status: 422, isJson: true });

    expect(await processEvent({}, 2)).toMatchObject({ outcome: 'failed' });

    expect(expiry() - world.system.time).toBeGreaterThanOrEqual(14 * DAY);
    expect(expiry() - world.system.time).toBeLessThanOrEqual(days * DAY);
  },
);

/** The settings of a stage whose bodies, and whose events, are kept for so long. */
function keepBodiesFor(days: number): void {
  Object.assign(world.worker.settings, { eventRetention: days * DAY, bodyRetention: days * DAY });
  world.model.force({ ...firstPiece(), ttl: (START + days * DAY) / SECOND });
}

const expiry = () => (firstPiece().ttl ?? 0) * SECOND;

it('two workers may renew the body of an event at once', async () => {
  world.later(89 * DAY);
  justBefore(
    ({ sk }) => sk === 'body',
    () => world.model.force({ ...firstPiece(), tag: 'other' }),
  );

  expect(await processEvent()).toMatchObject({ outcome: 'processed' });
});

it('the body of a waiting event is not read to be kept while it is far from its expiry', async () => {
  failCall('createRun', { status: 401 });
  await processEvent();
  const read: string[] = [];
  beforeGet(({ sk }) => read.push(sk));
  world.later(DAY);

  expect(await processEvent({}, 2)).toMatchObject({ kind: 'wait' });

  expect(read).toContain('event');
  expect(read).not.toContain(firstPiece().sk);
});
