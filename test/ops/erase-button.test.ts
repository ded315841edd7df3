import { DescribeContinuousBackupsCommand } from '@aws-sdk/client-dynamodb';
import { describe, expect, it } from 'vitest';
import { auditOf } from '../../ops/audit/read.ts';
import { eraseRoutes } from '../../ops/console/api/erase.ts';
import { findEvent } from '../../ops/events/store.ts';
import type { Stage } from '../../ops/stage/stage.ts';
import { useStage } from './support/use-stage.ts';

const NOW = '2026-11-25T10:00:00Z';

describe('the calls behind the button that erases', () => {
  const here = useStage(() => ({
    name: 'prod',
    outputs: { eventRetentionDays: 2, completionRetentionDays: 3 },
  }));
  /** The emulator has no point-in-time recovery. */
  const stage = (): Stage => {
    const { dynamoDb } = here.stage.clients;
    const send = async (command: { constructor: unknown }) =>
      command instanceof DescribeContinuousBackupsCommand
        ? {
            ContinuousBackupsDescription: {
              PointInTimeRecoveryDescription: {
                EarliestRestorableDateTime: new Date(NOW),
                LatestRestorableDateTime: new Date(NOW),
              },
            },
          }
        : dynamoDb.send(command as never);
    return { ...here.stage, clients: { ...here.stage.clients, dynamoDb: { send } as typeof dynamoDb } };
  };
  /** What a call answers, line by line. */
  const call = async (name: 'POST erase-preview' | 'POST erase', body: unknown) => {
    const answer = await eraseRoutes(stage())[name]?.({
      ...{ query: new URLSearchParams(), body: async () => body, signal: AbortSignal.timeout(100_000) },
    });
    let sent = '';
    const response = {
      writeHead: () => response,
      write: (text: unknown) => {
        sent += text;
        return true;
      },
      end: (text: unknown = '') => {
        sent += text;
      },
    };
    await answer?.({ headers: {} } as never, response as never);
    return sent
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
  };
  const receive = (event_id: string, run: string) => here.service.deliver({ event_id, run: { id: run } });
  const isErased = async (id: string) => (await findEvent(here.stage, id))?.erased_at !== undefined;

  it('the preview names the events of a run, those that are not finished or were erased before, and what backups hold', async () => {
    await receive('a', 'run-1');
    await here.service.work();
    await call('POST erase', { run: 'run-1', ids: ['a'], confirm: 'prod' });
    await receive('b', 'run-1');
    await receive('c', 'run-2');

    const [preview] = await call('POST erase-preview', { run: 'run-1' });

    expect({ ...preview, ids: preview.ids.toSorted() }).toEqual({
      ...{ ids: ['a', 'b'], unfinished: 1, again: 1 },
      in_backups_until: expect.stringMatching(/^\d{4}-/),
    });
  });

  it('nothing is erased without the name of the stage', async () => {
    await receive('a', 'run-1');
    await here.service.work();

    await expect(call('POST erase', { run: 'run-1', ids: ['a'] })).rejects.toThrow('this changes');
    expect(await isErased('a')).toBe(false);
  });

  it('what was confirmed is erased, with the reason on record, and nothing that came later or is of another run', async () => {
    for (const [id, run] of [
      ['a', 'run-1'],
      ['b', 'run-1'],
      ['c', 'run-2'],
    ] as const)
      await receive(id, run);
    await here.service.work();

    const lines = await call('POST erase', {
      ...{ run: 'run-1', ids: ['a', 'c'], confirm: 'prod', because: 'TICKET-7' },
    });

    expect(lines.map(({ kind }) => kind)).toEqual(['erased', 'done']);
    expect(lines.at(-1).lines).toEqual(
      expect.arrayContaining([
        '1 payload erased',
        expect.stringContaining('point-in-time recovery still holds'),
      ]),
    );
    expect(await Promise.all(['a', 'b', 'c'].map(isErased))).toEqual([true, false, false]);
    const [entry] = await Array.fromAsync(auditOf(here.stage, 'a'));
    expect(entry).toMatchObject({
      ...{ verb: 'events erase', via: 'console', target: '1 event: run run-1' },
      ...{ because: 'TICKET-7', result: '1 erased, 0 refused' },
    });
  });

  it('an event that is not finished is left as it is, and named', async () => {
    await receive('a', 'run-1');

    const lines = await call('POST erase', { run: 'run-1', ids: ['a'], confirm: 'prod' });

    expect(lines.at(-1).lines).toContain('a: not finished yet: repeat this later');
    expect(await isErased('a')).toBe(false);
  });
});
