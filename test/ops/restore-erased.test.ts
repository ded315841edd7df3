import { type AttributeValue, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import { beforeEach, describe, expect, it } from 'vitest';
import { type CompletionItem, sha256 } from '../../lambda/core/model/index.ts';
import { followUps, startRun } from '../../lambda/rules/index.ts';
import { run } from './support/command.ts';
import { backUp, itemsOf, lose } from './support/tables.ts';
import { useStage } from './support/use-stage.ts';

type Stored = Record<string, AttributeValue>;

const SECRET = 'PAYLOAD-VALUE';
const ENDED = '2026-11-25T10:00:00Z';
/** Above what an event or a plan holds itself, also when it is compressed. */
const large = (seed: string) => Array.from({ length: 2000 }, (_, n) => sha256(`${seed}${n}`)).join(' ');

const copying = (text: string) =>
  followUps({
    name: 'follow',
    actions: () => startRun({ workflow_id: 'next', input_values: { text } }),
  });

/** A completion as it was before its only action was carried out. */
function asBefore(item: Stored): Stored {
  if (!item.sk?.S?.startsWith('completion#')) return item;
  const { actions = [], ttl: _ttl, ...found } = unmarshall(item) as CompletionItem;
  const [{ result: _result, ...action }] = actions as [(typeof actions)[0]];
  const body = JSON.stringify({ workflow_id: 'next', input_values: { text: SECRET } });
  return marshall({ ...found, done: false, actions: [{ ...action, body }] });
}

describe('restore of what was erased', () => {
  // Few days, as each of them is searched.
  const outputs = { eventRetentionDays: 2, completionRetentionDays: 3 };
  const here = useStage(() => ({ name: 'local', outputs }));
  const connect = async () => here.stage;
  const call = (...argv: string[]) => run(argv, { connect });
  const restore = (from: string, ...argv: string[]) =>
    call('restore', '--from', from, '--to', '1m', ...argv, '--json');

  beforeEach(() => {
    here.service.rules = copying(SECRET);
  });

  /** A run that was followed up. */
  async function followed(event_id: string, text = SECRET): Promise<void> {
    await here.service.deliver({ event_id, run: { id: `run-of-${event_id}`, output_data: { text } } });
    await here.service.work();
  }

  /** What the stage's table holds of payloads: requests, bodies, and pieces of them. */
  const payloads = async () =>
    (await itemsOf(here)).filter(
      ({ body, piece, actions }) =>
        body || (piece?.B?.byteLength ?? 0) > 1 || /"body(_ref)?":/.test(JSON.stringify(actions ?? '')),
    );
  const completion = async () =>
    (await itemsOf(here)).map((item) => unmarshall(item)).find(({ sk }) => sk.startsWith('completion#'));

  it.each(['nothing', 'events', 'all'])(
    'restore over %s brings back no request of an event that was erased, and keeps the outcome',
    async (overwrite) => {
      await followed('a');
      const before = await completion();
      const backup = await backUp(here, asBefore);
      await call('events', 'erase', '--run', 'run-of-a');

      await restore(backup, '--overwrite', overwrite);

      expect(await payloads()).toEqual([]);
      expect(await completion()).toEqual(before);
    },
  );

  it('restore of the lost record of a run leaves out the request of an event that was erased, and starts nothing', async () => {
    await followed('a');
    const backup = await backUp(here, asBefore);
    await lose(here, (key) => key.startsWith('run#'));
    await call('events', 'erase', '--run', 'run-of-a');

    const { json } = await restore(backup);

    // The completion, and the lineage of the run that it has started.
    expect(json()).toMatchObject({ copied: 2 });
    expect(await payloads()).toEqual([]);
    expect(await completion()).toMatchObject({
      owner: 'a',
      ttl: expect.any(Number),
      actions: [{ rule: 'follow', failure: { reason: 'body_lost' } }],
    });
    await call('events', 'replay', 'a', '--replan', '--yes');
    await here.service.work();
    expect(here.service.created).toHaveLength(1);
    expect((await call('events', 'erase', '--run', 'run-of-a', '--json')).json()).toMatchObject({
      erased: ['a'],
      refused: [],
    });
  });

  it('restore leaves out the pieces of bodies of an event that was erased although their marks are lost', async () => {
    here.service.rules = copying(large('request'));
    await followed('a', large('body'));
    const backup = await backUp(here);
    await call('events', 'erase', '--run', 'run-of-a');
    await lose(here, (key) => /^(body|plan|run)#/.test(key));

    await restore(backup, '--overwrite', 'all');

    expect(await payloads()).toEqual([]);
  });

  it('restore brings back a body that an event which was not erased needs as well', async () => {
    const body = JSON.stringify({
      event_type: 'run_complete',
      run: {
        id: 'run-1',
        workflow_id: 'first',
        status: 'success',
        ended_at: ENDED,
        output_data: { text: large('body') },
      },
    });
    // Without an id of its own, the same webhook is another event under each message id.
    await here.service.receive(body);
    const second = await here.service.receive(body);
    await here.service.work();
    const backup = await backUp(here);
    await lose(here, (key) => key.startsWith('body#'));
    const [first] = (await itemsOf(here)).filter(
      ({ pk }) => pk?.S?.startsWith('event#') && !pk.S.endsWith(second),
    );
    const Item = { ...first, erased_at: { S: '2026-11-25T10:00:00Z' } };
    await here.emulators.dynamoDb.send(new PutItemCommand({ TableName: here.stage.outputs.tableName, Item }));

    await restore(backup);

    expect((await call('events', 'show', second, '--payload')).out).toContain(sha256('body0'));
  });

  it('restore brings back the requests of other events beside one that was erased', async () => {
    await followed('a');
    await followed('b');
    const backup = await backUp(here, asBefore);
    await lose(here, (key) => key.startsWith('run#'));
    await call('events', 'erase', '--run', 'run-of-a');

    await restore(backup);

    expect((await payloads()).map(({ pk }) => pk?.S).toSorted()).toEqual(['event#b', 'run#run-of-b']);
  });

  it('restore takes an erasure from the table that it copies, where that alone has it', async () => {
    await followed('a');
    await call('events', 'erase', '--run', 'run-of-a');
    const backup = await backUp(here, asBefore);
    Object.assign(here.stage.outputs, { tableName: await here.emulators.createTable() });

    await restore(backup);

    expect(await payloads()).toEqual([]);
  });
});
