import { type AttributeValue, ScanCommand } from '@aws-sdk/client-dynamodb';
import { beforeEach, describe, expect, it } from 'vitest';
import { DAY } from '../../lambda/core/model/index.ts';
import { deliver, followUps, startRun } from '../../lambda/rules/index.ts';
import { awsError } from './support/aws.ts';
import { run } from './support/command.ts';
import { type Here, useStage } from './support/use-stage.ts';

const DAYS = { eventRetentionDays: 2, completionRetentionDays: 3 };
const SECRET = 'PAYLOAD-VALUE';
/** Above what an event holds itself, also when it is compressed. */
const LARGE = Array.from({ length: 20_000 }, (_, n) => `${SECRET}${(n * 7919) % 10_007}`).join(' ');

/** Bytes of the bodies in the table. */
async function sizeOf({ emulators, stage }: Here): Promise<number> {
  const scan = new ScanCommand({ TableName: stage.outputs.tableName });
  const { Items = [] } = await emulators.dynamoDb.send(scan);
  return Items.reduce((sum, { body, piece }) => sum + bytesOf(body) + bytesOf(piece), 0);
}

const bytesOf = (value: AttributeValue | undefined): number => value?.B?.byteLength ?? 0;

describe('events erase', () => {
  // Few days, as each of them is searched.
  const here = useStage(() => ({ name: 'local', outputs: DAYS }));
  const connect = async () => here.stage;
  const call = (...argv: string[]) => run(argv, { connect });
  const erase = async (...argv: string[]) => {
    const { code, json } = await call('events', 'erase', ...argv, '--json');
    return { code, ...(json() as { erased: string[]; refused: object[]; delivered: object[] }) };
  };
  const done = async (event_id: string, runOf: Record<string, unknown> = {}) => {
    const id = await here.service.deliver({ event_id, run: { id: `run-of-${event_id}`, ...runOf } });
    await here.service.work();
    return id;
  };

  it.each([
    ['run', ['--run', 'run-of-a'], ['a']],
    ['workflow', ['--workflow', 'other'], ['b', 'c']],
    ['workflow and time', ['--workflow', 'other', '--before', '1h'], []],
  ])('events erase by %s erases these payloads, and no others', async (_, argv, ids) => {
    await done('a');
    await done('b', { workflow_id: 'other' });
    await done('c', { workflow_id: 'other' });

    const { code, erased } = await erase(...argv);

    expect([code, erased.toSorted()]).toEqual([0, ids]);
    for (const id of ['a', 'b', 'c']) {
      const shown = await call('events', 'show', id, '--payload');
      expect(shown.code, id).toBe(ids.includes(id) ? 2 : 0);
      if (ids.includes(id)) expect(shown.err).toContain('was erased');
    }
  });

  it('events erase --before erases what is older', async () => {
    await done('a');
    await done('b');
    const { events } = (await call('events', 'list', '--json')).json() as {
      events: { received_at: string }[];
    };
    const newest = events[0]?.received_at ?? '';

    const { erased } = await erase('--before', newest);

    expect(erased).toEqual(['a']);
  });

  it('a large body that two events share goes with the last of them', async () => {
    const body = JSON.stringify({
      event_type: 'run_complete',
      run: {
        ...{ id: 'run-1', workflow_id: 'first', status: 'success', ended_at: '2026-11-25T10:00:00Z' },
        output_data: { text: LARGE },
      },
    });
    // Without an id of its own, the same webhook is another event under each message id.
    const first = await here.service.receive(body);
    await here.service.work();
    const second = await here.service.receive(body);
    await here.service.work();
    expect(second).not.toBe(first);
    const before = await sizeOf(here);
    const { events } = (await call('events', 'list', '--json')).json() as {
      events: { received_at: string }[];
    };

    await erase('--run', 'run-1', '--before', events[0]?.received_at ?? '');
    expect(await sizeOf(here)).toBe(before);
    expect((await call('events', 'show', second, '--payload')).out).toContain(SECRET);

    await erase('--run', 'run-1');
    expect(await sizeOf(here)).toBeLessThan(100);
  });

  it('events erase refuses what is unfinished or undecided, and exits with 1', async () => {
    const open = await here.service.deliver({ event_id: 'open', run: { workflow_id: 'w' } });

    expect(await erase('--workflow', 'w')).toMatchObject({
      code: 1,
      erased: [],
      refused: [{ event_id: open, why: 'unfinished' }],
    });
    expect((await call('events', 'erase', '--workflow', 'w')).out).toContain('repeat this later');
  });

  it('events erase names the copies that it cannot reach', async () => {
    here.service.rules = followUps({
      name: 'both',
      actions: () => [deliver('persist'), startRun({ workflow_id: 'next', input_values: { a: SECRET } })],
    });
    await done('a');

    const { out } = await call('events', 'erase', '--run', 'run-of-a');

    expect(out).toContain('not erased: the copy of a that "persist" got at');
    expect(out).toContain(`not erased: the inputs of 1 run at Cyberdesk: ${here.service.created[0]?.id}`);
  });

  it('an erased event shows that it was erased, by whom and why, and an event of it is not stored again', async () => {
    await done('a', { ended_at: '2026-11-25T10:00:00Z' });
    await call('events', 'erase', '--run', 'run-of-a', '--reason', 'CASE-7');
    await done('a', { ended_at: '2026-11-25T10:00:00Z' });

    const { out } = await call('events', 'show', 'a');

    expect(out).toContain('its payload was erased at');
    expect(out).toMatch(/events erase \(done: 1 erased, 0 refused\), because: CASE-7/);
    expect(await sizeOf(here)).toBe(0);
    expect(here.service.created).toHaveLength(1);
  });

  it.each([
    ['a run', ['--run', 'run-of-b'], 'run run-of-b'],
    ['a workflow', ['--workflow', 'nowhere', '--before', '1h'], 'workflow nowhere'],
  ])(
    'events erase of %s that no event has says so, exits with 1, and is not on record',
    async (_, argv, who) => {
      await done('a');
      const before = await sizeOf(here);

      const { code, out } = await call('events', 'erase', ...argv);
      const { json } = await call('audit', 'list', '--json');

      expect([code, out]).toEqual([
        1,
        expect.stringContaining(
          `no stored event of ${here.stage.stackName} matches (${who}): nothing was done; it has expired, `,
        ),
      ]);
      expect(out).not.toContain('erased\n');
      expect(json()).toMatchObject({ entries: [] });
      expect(await sizeOf(here)).toBe(before);
      expect(await erase(...argv)).toMatchObject({ code: 1, matched: 0, erased: [], interrupted: false });
    },
  );

  it.each([
    ['nothing is so old', ['--before', '1d']],
    ['nothing of a known workflow is so old', ['--workflow', 'known', '--before', '1d']],
  ])('events erase by time is a success that says so, and not on record: %s', async (_, argv) => {
    await done('a', { workflow_id: 'known' });

    const { code, out } = await call('events', 'erase', ...argv);
    const { json } = await call('audit', 'list', '--json');

    expect([code, out]).toEqual([
      0,
      expect.stringMatching(/^no stored event of .* matches \(.*before .*\): nothing was done\n/),
    ]);
    expect(json()).toMatchObject({ entries: [] });
  });

  it('events erase of what is erased already goes over it again, and is no mistake', async () => {
    await done('a');
    await erase('--run', 'run-of-a');

    expect(await erase('--run', 'run-of-a')).toMatchObject({ code: 0, matched: 1, erased: ['a'] });
  });

  it.each([
    ['without a target', [], '--run, --workflow or --before'],
    ['of an empty run', ['--run', ''], 'an empty id'],
    ['of an empty workflow', ['--workflow', '', '--before', '1d'], 'an empty id'],
    ['of a time to come', ['--before', '2999-01-01'], 'is in the future'],
  ])('events erase %s is refused in one line, and erases nothing', async (_, argv, text) => {
    await done('a');
    const before = await sizeOf(here);

    const { code, err } = await call('events', 'erase', ...argv);

    expect([code, err]).toEqual([2, expect.stringContaining(text)]);
    expect(await sizeOf(here)).toBe(before);
  });

  it('events erase prints nothing of a payload', async () => {
    await done('a');
    const { out, err } = await call('events', 'erase', '--before', '0s');
    expect(out + err).not.toContain(SECRET);
  });
});

const NOW = Date.now();

describe('events erase in prod', () => {
  const days = {
    RecoveryPeriodInDays: 7,
    EarliestRestorableDateTime: new Date(),
    LatestRestorableDateTime: new Date(),
  };
  const here = useStage(() => ({ name: 'prod', outputs: DAYS }));
  const call = (...argv: string[]) =>
    run(['events', 'erase', ...argv], {
      connect: async () => ({ ...here.stage, clients: { ...here.stage.clients, dynamoDb } }),
      clock: { now: () => NOW, sleep: async () => undefined },
    });
  /** The emulator knows nothing of point-in-time recovery, and has no other table. */
  let answers: Record<string, () => Promise<unknown>>;
  const dynamoDb = {
    send: (command: { constructor: { name: string } }) =>
      answers[command.constructor.name]?.() ?? here.emulators.dynamoDb.send(command as never),
  } as never;

  beforeEach(async () => {
    answers = {
      DescribeContinuousBackupsCommand: async () => ({
        ContinuousBackupsDescription: { PointInTimeRecoveryDescription: days },
      }),
    };
    await here.service.deliver({ run: { id: 'r' } });
    await here.service.work();
  });

  it('events erase says until when point-in-time recovery holds what was erased', async () => {
    const { out } = await call('--run', 'r', '--yes');
    const until = new Date(NOW + 7 * DAY).toISOString();
    expect(out).toContain('1 payload erased');
    expect(out).toContain(`point-in-time recovery still holds what was erased, until ${until}`);
  });

  it('events erase names the tables that a restore has made, which keep what was erased', async () => {
    const { tableName } = here.stage.outputs;
    const restored = `${tableName}-20260101T000000Z`;
    const TableNames = [restored, `${tableName}-20260101T000000Z-of-mine`, `${tableName}s`];
    answers.ListTablesCommand = async () => ({ TableNames });

    const { out } = await call('--run', 'r', '--yes');

    expect(out.match(/not erased: the table .*/g)).toEqual([
      `not erased: the table ${restored}, which a restore has made: delete it`,
    ]);
  });

  it('events erase says that it could not look for such tables', async () => {
    answers.ListTablesCommand = () => Promise.reject(awsError('AccessDeniedException', 'no'));

    expect((await call('--run', 'r', '--yes')).out).toContain(
      'not looked for: tables that a restore has made',
    );
  });

  it('events erase asks first in prod, and erases nothing unless it is confirmed', async () => {
    const { code, err } = await call('--run', 'r');
    expect([code, err]).toEqual([2, expect.stringContaining('erases the payloads of 1 event for good')]);
    expect(await sizeOf(here)).toBeGreaterThan(0);
  });
});
