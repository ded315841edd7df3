import { beforeEach, describe, expect, it } from 'vitest';
import type { Item, LineageItem } from '../../../lambda/core/model/index.ts';
import { MINUTE } from '../../../lambda/core/model/time.ts';
import { retryRun } from '../../../lambda/rules/index.ts';
import { action, completion, event, justBefore, processEvent, setUp, world } from '../support/scenario.ts';
import { START } from '../support/system.ts';
import { END, startNext } from '../support/webhooks.ts';

beforeEach(() => setUp(startNext));

describe('the end of an event', () => {
  it('is written over a note of the sweeper', async () => {
    justBefore(
      ({ sk }) => sk === 'event',
      () => world.model.force({ ...event(), resent_at: 'now', tag: 'sweeper' }),
    );
    expect(await processEvent()).toMatchObject({ outcome: 'processed' });
    expect(event()).toMatchObject({ state: 'processed', resent_at: 'now' });
  });

  it('is not written over another worker’s, nor over a new round', async () => {
    justBefore(
      ({ sk }) => sk === 'event',
      () => world.model.force({ ...event(), state: 'failed', tag: 'other' }),
    );
    expect(await processEvent()).toMatchObject({ kind: 'acknowledge' });
    expect(event()).toMatchObject({ state: 'failed', tag: 'other' });

    await setUp(startNext);
    justBefore(
      ({ sk }) => sk === 'event',
      () => world.model.force({ ...event(), round: 1, tag: 'other' }),
    );
    await processEvent();
    expect(event()).toMatchObject({ state: 'received', round: 1, tag: 'other' });
  });

  it('is nobody’s where the event is gone', async () => {
    justBefore(
      ({ sk }) => sk === 'event',
      () => void world.model.items.delete('event#event-1\nevent'),
    );
    expect(await processEvent()).toMatchObject({ kind: 'acknowledge' });
    expect(event()).toBeUndefined();
  });

  it('comes back when it could not be written', async () => {
    const { put } = world.worker.table;
    world.worker.table = {
      ...world.worker.table,
      put: (item, expected) =>
        item.sk === 'event' ? Promise.reject(new Error('down')) : put(item, expected),
    };
    await expect(processEvent()).rejects.toThrow('down');
    world.worker.table = { ...world.worker.table, put };
    const reads: string[] = [];
    world.model.onPut = ({ sk }) => reads.push(sk);
    expect(await processEvent({}, 2)).toMatchObject({ outcome: 'processed' });
    expect(reads).toEqual(['event']);
  });
});

describe('a lineage', () => {
  it('that another event of the run has just written is added to', async () => {
    const isLineage = ({ sk }: Item) => sk === 'lineage';
    justBefore(isLineage, () =>
      world.model.force({
        pk: 'run#started-1',
        sk: 'lineage',
        v: 1,
        tag: 'x',
        depth: 0,
        retried: ['completion#7'],
      } as never),
    );
    await processEvent();
    expect(world.model.get({ pk: 'run#started-1', sk: 'lineage' })).toMatchObject({
      depth: 1,
      retried: ['completion#7'],
      action: action().key,
    });
  });

  it('of a retry is written once', async () => {
    await setUp({ name: 'r', actions: () => retryRun({ max: 1 }) });
    const mine = { pk: 'run#run-1', sk: 'lineage', v: 1, tag: 'x', depth: 2, retried: [`completion#${END}`] };
    justBefore(
      ({ sk }) => sk === 'lineage',
      () => world.model.force(mine as never),
    );
    await processEvent();
    expect(world.model.get({ pk: 'run#run-1', sk: 'lineage' })).toEqual(mine);
  });

  it('counts other completions’ retries, and not this one’s', async () => {
    let seen = -1;
    await setUp({
      name: 'r',
      actions: ({ retries }) => {
        seen = retries;
        return [];
      },
    });
    world.model.force({
      pk: 'run#run-1',
      sk: 'lineage',
      v: 1,
      tag: 'x',
      depth: 0,
      retried: ['completion#1', `completion#${END}`],
    } as never);
    await processEvent();
    expect(seen).toBe(1);
  });

  it('of a later release waits, in order', async () => {
    justBefore(
      ({ sk }) => sk === 'lineage',
      () => world.model.force({ pk: 'run#started-1', sk: 'lineage', v: 2, tag: 'x' } as never),
    );
    expect(await processEvent()).toEqual({ kind: 'wait', until: START + 15 * MINUTE });
    expect(completion()).not.toHaveProperty('lease');
    world.later(15 * MINUTE);
    world.model.force({
      pk: 'run#started-1',
      sk: 'lineage',
      v: 1,
      tag: 'x',
      depth: 1,
      retried: [],
      action: action().key,
    } as LineageItem);
    world.cyberdesk.runs = [
      {
        id: 'started-1',
        workflow_id: 'workflow-next',
        status: 'running',
        created_at: new Date(START).toISOString(),
        input_values: { summary: 'three invoices filed' },
      },
    ];
    expect(await processEvent({}, 2)).toMatchObject({ outcome: 'processed' });
    expect(createRunCalls()).toHaveLength(1);
  });
});
