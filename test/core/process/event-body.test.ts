import { randomBytes } from 'node:crypto';
import { beforeEach, describe, expect, it } from 'vitest';
import type { Item } from '../../../lambda/core/model/index.ts';
import { DAY, SECOND } from '../../../lambda/core/model/time.ts';
import { notify, startRun } from '../../../lambda/rules/index.ts';
import {
  completion,
  event,
  failCall,
  justBefore,
  processEvent,
  setUp,
  setUpWith,
  world,
} from '../support/scenario.ts';
import { START } from '../support/system.ts';
import { startNext } from '../support/webhooks.ts';

beforeEach(() => setUp(startNext));

describe('the body of an unfinished event', () => {
  it('is renewed before it expires, and not sooner', async () => {
    await setUpWith({ output_data: { noise: randomBytes(9000).toString('base64') } }, startNext);
    failCall('createRun', { status: 401 });
    const piece = () => world.model.get({ pk: `body#${event().body_sha256}/0`, sk: 'body' })?.ttl;
    const first = START / 1000 + (90 * DAY) / 1000;
    world.later(60 * DAY - 1);
    await processEvent();
    expect(piece()).toBe(first);
    world.later(2 * SECOND);
    await processEvent({}, 2);
    expect(piece()).toBe(Math.floor((world.system.time + 60 * DAY) / 1000));
    const renewed = piece();
    world.later(10 * DAY);
    await processEvent({}, 3);
    expect(piece()).toBe(renewed);
  });

  it('may be renewed by two at once', async () => {
    await setUpWith({ output_data: { noise: randomBytes(9000).toString('base64') } }, startNext);
    world.later(89 * DAY);
    justBefore(
      ({ sk }) => sk === 'body',
      () =>
        world.model.force({
          ...(world.model.get({ pk: `body#${event().body_sha256}/0`, sk: 'body' }) as Item),
          tag: 'other',
        }),
    );
    expect(await processEvent()).toMatchObject({ outcome: 'processed' });
  });

  it('is kept with its action where the plan is small, and aside where it is large', async () => {
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
      actions: () => [
        notify('first words'),
        startRun({ workflow_id: 'w', input_values: { text: text(66_000) } }),
      ],
    });
    failCall('createRun', { status: 401 });
    await processEvent();
    expect(completion().actions?.[1]).toHaveProperty('body_ref');
    expect(world.announced[0]?.subject).toBe('first words');
  });
});
