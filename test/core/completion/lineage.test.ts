import { beforeEach, expect, it } from 'vitest';
import { MINUTE } from '../../../lambda/core/model/time.ts';
import { retryRun } from '../../../lambda/rules/index.ts';
import { isLineage } from '../../simulation/model/items.ts';
import { lineageItem } from '../support/items.ts';
import {
  action,
  COMPLETION,
  completion,
  createRunCalls,
  justBefore,
  lineage,
  processEvent,
  setUp,
  world,
} from '../support/scenario.ts';
import { START } from '../support/system.ts';
import { createdRun, startNext } from '../support/webhooks.ts';

beforeEach(() => setUp(startNext));

it('a start is added to a lineage that another event of the run has just written', async () => {
  justBefore(isLineage, () =>
    world.model.force(lineageItem('started-1', { depth: 0, retried: ['completion#7'] })),
  );

  await processEvent();

  expect(lineage('started-1')).toMatchObject({
    depth: 1,
    retried: ['completion#7'],
    action: action().key,
  });
});

it('a retry that is already in the lineage is not recorded again', async () => {
  await setUp({ name: 'r', actions: () => retryRun({ max: 1 }) });
  const mine = lineageItem('run-1', { depth: 2, retried: [COMPLETION.sk] });
  justBefore(isLineage, () => world.model.force(mine));

  await processEvent();

  expect(lineage('run-1')).toEqual(mine);
});

it('a run that is started has no retries yet, and a retry is added to those before it', async () => {
  await processEvent();
  expect(lineage('started-1')).toMatchObject({ depth: 1, retried: [] });

  await setUp({ name: 'r', actions: () => retryRun({ max: 3 }) });
  await processEvent();
  expect(lineage('run-1')).toMatchObject({ retried: [COMPLETION.sk] });

  await setUp({ name: 'r', actions: () => retryRun({ max: 3 }) });
  world.model.force(lineageItem('run-1', { retried: ['completion#1'] }));
  await processEvent();
  expect(lineage('run-1')).toMatchObject({ retried: ['completion#1', COMPLETION.sk] });
});

it('the rules see the retries of other completions of the run only', async () => {
  let seen = -1;
  await setUp({
    name: 'r',
    actions: ({ retries }) => {
      seen = retries;
      return [];
    },
  });
  world.model.force(lineageItem('run-1', { depth: 0, retried: ['completion#1', COMPLETION.sk] }));

  await processEvent();

  expect(seen).toBe(1);
});

it('a lineage of a later release makes the message wait without its lease', async () => {
  justBefore(isLineage, () => world.model.force(lineageItem('started-1', { v: 2 })));

  expect(await processEvent()).toEqual({
    kind: 'wait',
    until: START + 15 * MINUTE,
    because: 'later_release',
  });
  expect(completion()).not.toHaveProperty('lease');

  world.later(15 * MINUTE);
  world.model.force(lineageItem('started-1', { action: action().key }));
  world.cyberdesk.runs = [createdRun('started-1')];

  expect(await processEvent({}, 2)).toMatchObject({ outcome: 'processed' });
  expect(createRunCalls()).toHaveLength(1);
});
