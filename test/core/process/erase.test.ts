import { beforeEach, describe, expect, it } from 'vitest';
import { completionKeyOf, type PieceItem, sha256 } from '../../../lambda/core/model/index.ts';
import { DAY, HOUR } from '../../../lambda/core/model/time.ts';
import { eraseEvent } from '../../../lambda/core/process/index.ts';
import { BodyErasedError, BodyLostError, readBody } from '../../../lambda/core/store/index.ts';
import { startRun } from '../../../lambda/rules/index.ts';
import {
  action,
  completion,
  createRunCalls,
  event,
  failCall,
  loseResponse,
  processEvent,
  receiveWebhook,
  setUp,
  setUpFor,
  world,
} from '../support/scenario.ts';
import { runComplete, startNext } from '../support/webhooks.ts';
import { failUnknown } from './settle/support.ts';

/** Not compressible, so that it is stored in pieces; each word of it can be searched for. */
const words = (count: number, seed: string): string =>
  Array.from({ length: count }, (_, n) => sha256(`${seed}${n}`)).join(' ');

const LARGE = runComplete({ output_data: { summary: words(400, 'body') } });

/** The same webhook, as an edited transformation may write it. */
const REFORMATTED = Buffer.from(JSON.stringify(JSON.parse(LARGE.toString()), undefined, 1));

const erase = (id = 'event-1', isShared = () => false) =>
  eraseEvent({ ...world.ports, completionRetention: 180 * DAY }, event(id), isShared);

/** Bytes of all bodies in the table, whoever they belong to. */
const storedBytes = (): number =>
  [...world.model.items.values()].reduce((sum, item) => {
    const { piece, body, actions } = item as Partial<PieceItem> & { body?: Uint8Array; actions?: unknown };
    const planned = JSON.stringify(actions ?? '').includes('"body"') ? 1000 : 0;
    return sum + (piece?.byteLength ?? 0) + (body?.byteLength ?? 0) + planned;
  }, 0);

describe('erasing an event', () => {
  beforeEach(() => setUp(startNext));

  it('an erased event keeps its ids and what was done, and loses its body', async () => {
    await processEvent();
    const before = completion();

    expect(await erase()).toMatchObject({ kind: 'erased' });

    expect(storedBytes()).toBe(0);
    expect(event()).toMatchObject({ state: 'processed', run_id: 'run-1', erased_at: expect.any(String) });
    expect(completion()).toEqual(before);
    await expect(readBody(world.table, event())).rejects.toThrow(BodyErasedError);
    await expect(readBody(world.table, event())).rejects.toThrow(BodyLostError);
  });

  it('a webhook that was erased is a duplicate when it comes again, and stores nothing', async () => {
    await setUpFor(LARGE, startNext);
    await processEvent();
    await erase();
    const before = storedBytes();
    world.later(100 * DAY);

    expect(await receiveWebhook(LARGE)).toMatchObject({ outcome: 'duplicate' });

    expect(storedBytes()).toBe(before);
    expect(before).toBeLessThan(10);
  });

  it.each([
    ['before the erasure', async () => ({ again: await receiveWebhook(REFORMATTED), erased: await erase() })],
    ['after it', async () => ({ erased: await erase(), again: await receiveWebhook(REFORMATTED) })],
  ])('a webhook that comes again with other bytes %s leaves no pieces behind', async (_when, both) => {
    await setUpFor(LARGE, startNext);
    await processEvent();

    expect(await both()).toMatchObject({ again: { outcome: 'duplicate' }, erased: { kind: 'erased' } });

    expect(storedBytes()).toBeLessThan(10);
  });

  it('what marks an erased event is kept as long as the memory of what was done', async () => {
    await setUpFor(LARGE, startNext);
    await processEvent();
    await erase();

    world.model.expire(world.system.time + 179 * DAY);
    expect(await receiveWebhook(LARGE)).toMatchObject({ outcome: 'duplicate' });
    expect(storedBytes()).toBeLessThan(10);
  });

  it('the bodies of a large plan are erased although its actions have dropped them', async () => {
    const text = words(2000, 'plan');
    await setUp({
      name: 'large',
      actions: () => startRun({ workflow_id: 'next', input_values: { text } }),
    });
    await processEvent();
    expect(action().body_ref).toBeUndefined();
    expect(storedBytes()).toBeGreaterThan(50_000);

    await erase();

    expect(storedBytes()).toBeLessThan(10);
  });

  it('a body that another event needs is left, and goes with the last one', async () => {
    await setUpFor(LARGE, startNext);
    await processEvent();

    await erase('event-1', () => true);
    const shared = storedBytes();
    await erase('event-1', () => false);

    expect(shared).toBeGreaterThan(5000);
    expect(storedBytes()).toBeLessThan(10);
  });

  it('an erasure that was cut off is finished by another call', async () => {
    await setUpFor(LARGE, startNext);
    await processEvent();
    const { put } = world.ports.table;
    world.ports.table.put = async (item, expected) => {
      if (item.sk === 'body') throw new Error('cut off');
      return put(item, expected);
    };
    await expect(erase()).rejects.toThrow('cut off');
    world.ports.table.put = put;

    await erase();

    expect(storedBytes()).toBeLessThan(10);
  });

  it('a replan of an erased event starts nothing, and says that the body is lost', async () => {
    await processEvent();
    await erase();
    world.worker.rules = { rules: [startNext, { ...startNext, name: 'new' }] };

    expect(await processEvent({ reopen: 1 })).toMatchObject({ outcome: 'failed' });

    expect(event()).toMatchObject({ reason: 'body_lost' });
    expect(createRunCalls()).toHaveLength(1);
  });

  it('a refused event can be erased, and a redrive of it starts nothing', async () => {
    failCall('createRun', { status: 422 });
    await processEvent();
    expect(event()).toMatchObject({ state: 'failed', reason: 'refused' });

    expect(await erase()).toMatchObject({ kind: 'erased' });

    await processEvent({ reopen: 1 });
    expect(event()).toMatchObject({ state: 'failed', reason: 'body_lost' });
    expect(createRunCalls()).toHaveLength(1);
  });
});

describe('what may not be erased yet', () => {
  beforeEach(() => setUp(startNext));
  const refused = (refusal: string) => ({ kind: 'refused', refusal });

  it('an event is not erased while it is unfinished', async () => {
    expect(await erase()).toEqual(refused('unfinished'));
    expect(storedBytes()).toBeGreaterThan(0);
  });

  it('an event is not erased while a call of it has an unknown outcome', async () => {
    await failUnknown();
    expect(await erase()).toEqual(refused('undecided'));
    expect(storedBytes()).toBeGreaterThan(0);
  });

  it('an event is not erased while a worker has it', async () => {
    await processEvent();
    const found = completion();
    world.model.force({ ...found, lease: { token: 'x', until: world.system.time + HOUR } });
    expect(await erase()).toEqual(refused('in_progress'));
  });

  it('an event is not erased if it was reopened since it was read', async () => {
    await processEvent();
    const read = event();
    world.model.force({ ...read, tag: 'later', state: 'received' });
    const ports = { ...world.ports, completionRetention: 180 * DAY };

    expect(await eraseEvent(ports, read, () => false)).toEqual(refused('in_progress'));
    expect(storedBytes()).toBeGreaterThan(0);
  });

  it('an event that is a copy is erased without what the other event does', async () => {
    await loseResponse();
    await receiveWebhook(runComplete({}, { event_id: 'event-2' }), 'msg_2');
    world.model.force({ ...event('event-2'), tag: 'x', state: 'processed', duplicate_of: 'event-1' });
    expect(completionKeyOf(event('event-2'))).toEqual(completionKeyOf(event()));

    expect(await erase('event-2')).toMatchObject({ kind: 'erased', own: undefined });
    expect(action().body).toBeDefined();
  });
});
