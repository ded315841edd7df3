import { beforeEach, expect, it } from 'vitest';
import { HOUR, MINUTE } from '../../../lambda/core/model/time.ts';
import { sweep } from '../../../lambda/core/sweep/index.ts';
import { pauseItem } from '../support/items.ts';
import { processEvent, receiveWebhook, setUp, world } from '../support/scenario.ts';
import { START } from '../support/system.ts';
import { runComplete, startNext } from '../support/webhooks.ts';
import { sweepPorts } from './kit.ts';

/** What a sweep finds now. */
async function waiting() {
  const { ports, reported } = sweepPorts(world);
  await sweep(ports);
  return reported.waiting;
}

beforeEach(() => setUp(startNext));

it('an unfinished event is overdue from five minutes on', async () => {
  world.later(5 * MINUTE);
  expect(await waiting()).toEqual([{ overdue: 0, unavailable: 0 }]);

  world.later(1);
  expect(await waiting()).toEqual([{ overdue: 1, unavailable: 0 }]);

  await processEvent();
  expect(await waiting()).toEqual([{ overdue: 0, unavailable: 0 }]);
});

it('an event from before the end of a pause is not overdue, and one from after it is', async () => {
  world.model.force(pauseItem({ until: 0, streak: 0, ended: START + 1 }));
  world.later(2);
  await receiveWebhook(runComplete({ id: 'run-2' }, { event_id: 'event-2' }), 'msg_2');
  world.later(6 * MINUTE);

  expect(await waiting()).toEqual([{ overdue: 1, unavailable: 0 }]);
});

it('no event is overdue while a pause holds all of them up, which is reported with its length', async () => {
  const pause = { until: START + 20 * MINUTE, streak: 3, since: START + MINUTE };
  world.model.force(pauseItem({ ...pause, cause: { kind: 'failed', status: 503 } }));
  world.later(21 * MINUTE);

  expect(await waiting()).toEqual([{ overdue: 0, unavailable: 20 * MINUTE }]);
});

it('a pause because of the key does not say that Cyberdesk is unavailable', async () => {
  const pause = { until: START + 20 * MINUTE, streak: 3, since: START };
  world.model.force(pauseItem({ ...pause, cause: { kind: 'key_refused', status: 401 } }));
  world.later(20 * MINUTE);

  expect(await waiting()).toEqual([{ overdue: 0, unavailable: 0 }]);
});

it('a pause that no worker has ended or prolonged for half an hour explains nothing any more', async () => {
  const pause = { until: START + 10 * MINUTE, streak: 3, since: START };
  world.model.force(pauseItem({ ...pause, cause: { kind: 'failed' } }));
  world.later(HOUR);

  expect(await waiting()).toEqual([{ overdue: 1, unavailable: 0 }]);
});

it('events in every shard are counted, and only what a query for the oldest ones returns', async () => {
  const { ports, reported } = sweepPorts(world);
  const received_at = new Date(START).toISOString();
  const limits: (number | undefined)[] = [];
  ports.open = {
    list: async (shard, { limit, until }) => {
      if (until === undefined) limits.push(limit);
      return until === undefined ? [{ event_id: `e${shard}`, received_at }] : [];
    },
  };
  world.later(HOUR);

  await sweep(ports);

  expect(reported).toMatchObject({ ages: [HOUR], waiting: [{ overdue: 8 }] });
  expect(limits).toEqual(Array(8).fill(1000));
});
