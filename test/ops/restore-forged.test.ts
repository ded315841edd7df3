import { type AttributeValue, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { describe, expect, it } from 'vitest';
import { sha256 } from '../../lambda/core/model/index.ts';
import { awsError } from './support/aws.ts';
import { run } from './support/command.ts';
import { backUp, itemsOf } from './support/tables.ts';
import { useStage } from './support/use-stage.ts';

const SECRET = 'PAYLOAD-VALUE';
/** Above what an event holds itself, also when it is compressed. */
const LARGE = Array.from({ length: 2000 }, (_, n) => sha256(`body${n}`)).join(' ');

describe('restore of events that a stolen role has marked as erased', () => {
  // Few days, as each of them is searched.
  const outputs = { eventRetentionDays: 2, completionRetentionDays: 3 };
  const here = useStage(() => ({ name: 'local', outputs }));
  const connect = async () => here.stage;
  const call = (...argv: string[]) => run(argv, { connect });
  const restore = (from: string, ...argv: string[]) =>
    call('restore', '--from', from, '--to', '1m', '--overwrite', 'events', ...argv);

  async function received(event_id: string, text = SECRET): Promise<void> {
    await here.service.deliver({ event_id, run: { id: `run-of-${event_id}`, output_data: { text } } });
    await here.service.work();
  }

  /** Puts items over those with this prefix, as a role may that writes them. */
  async function forge(prefix: string, mark: AttributeValue = { S: '2026-11-25T10:00:00Z' }): Promise<void> {
    for (const item of (await itemsOf(here)).filter(({ pk }) => pk?.S?.startsWith(prefix))) {
      const { body: _body, ...rest } = item;
      await here.emulators.dynamoDb.send(
        new PutItemCommand({
          TableName: here.stage.outputs.tableName,
          Item: { ...rest, erased_at: mark },
        }),
      );
    }
  }

  const payload = async (id: string) => (await call('events', 'show', id, '--payload')).out;

  it.each(['events', 'all'])(
    'restore --overwrite %s says which marks no one has put on record, and writes over them on request',
    async (what) => {
      await received('a');
      const backup = await backUp(here);
      await forge('event#a', { N: '1' });

      const kept = await restore(backup, '--overwrite', what, '--json');
      const said = await restore(backup, '--overwrite', what);

      expect([kept.code, kept.json()]).toMatchObject([1, { erased: [{ event_id: 'a', on_record: false }] }]);
      expect(said.out).toContain('1 event stayed erased: a\nno erasure is on record for a\n');
      expect(said.out).toMatch(/with ".*restore .*--overwrite-erased unrecorded"/);
      expect(await payload('a')).not.toContain(SECRET);

      const restored = await restore(backup, '--overwrite', what, '--overwrite-erased', 'unrecorded');

      expect([restored.code, restored.err]).toEqual([
        0,
        expect.stringContaining('2 days ago is not on record'),
      ]);
      expect(await payload('a')).toContain(SECRET);
    },
  );

  it('restore brings back what has a forged mark, and what people have erased only where all marks are written over', async () => {
    await received('forged');
    await received('erased');
    const backup = await backUp(here);
    await call('events', 'erase', '--run', 'run-of-erased');
    await forge('event#forged');

    const some = await restore(backup, '--overwrite-erased', 'unrecorded', '--json');

    expect([some.code, some.json()]).toMatchObject([
      0,
      { erased: [{ event_id: 'erased', on_record: true }] },
    ]);
    expect(await payload('forged')).toContain(SECRET);
    expect(await payload('erased')).not.toContain(SECRET);

    const all = await restore(backup, '--overwrite-erased', 'all');

    expect(all.err).toContain('has to be erased again: "npx --no cyberdesk-webhooks audit list');
    expect(await payload('erased')).toContain(SECRET);
  });

  it('restore brings back the pieces of a body whose marks were forged, and keeps those of one that was erased', async () => {
    await received('forged', LARGE);
    await received('erased', `${LARGE} of another`);
    const backup = await backUp(here);
    await call('events', 'erase', '--run', 'run-of-erased');
    await forge('body#');

    const { json } = await restore(backup, '--json');
    expect(json()).toMatchObject({
      erased: [{ event_id: 'erased' }, { event_id: 'forged', on_record: false }],
    });

    await restore(backup, '--overwrite-erased', 'unrecorded');
    expect(await payload('forged')).toContain(sha256('body0'));
    expect(await payload('erased')).not.toContain(sha256('body0'));
  });

  it('restore --overwrite all writes over the record of a run whatever mark it was given', async () => {
    await received('a');
    const backup = await backUp(here);
    await forge('run#');

    await restore(backup, '--overwrite', 'all');

    expect(JSON.stringify(await itemsOf(here))).not.toContain('erased_at');
  });

  it('restore by someone who may not read the record says so, and writes over no mark on a guess', async () => {
    await received('a');
    const backup = await backUp(here);
    await forge('event#a');
    const { dynamoDb } = here.stage.clients;
    const send = (command: object) =>
      command.constructor.name === 'QueryCommand'
        ? Promise.reject(awsError('AccessDeniedException'))
        : dynamoDb.send(command as never);
    const clients = { ...here.stage.clients, dynamoDb: { send } };
    const restoreAs = (...argv: string[]) =>
      run(['restore', '--from', backup, '--to', '1m', '--overwrite', 'events', ...argv], {
        connect: async () => ({ ...here.stage, clients }) as never,
      });

    const { code, out } = await restoreAs();
    expect([code, out]).toEqual([1, expect.stringContaining('could not be read')]);

    const unsure = await restoreAs('--overwrite-erased', 'unrecorded');
    expect([unsure.code, unsure.err]).toEqual([2, expect.stringContaining('AWS does not allow')]);
    expect(await payload('a')).not.toContain(SECRET);
  });
});
