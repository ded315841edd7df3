import { describe, expect, it } from 'vitest';
import { describeEvent } from '../../ops/events/detail.ts';
import type { Stage } from '../../ops/stage/stage.ts';
import { readItem } from '../../ops/stage/table.ts';
import { awsError } from './support/aws.ts';
import { run } from './support/command.ts';
import { CALLER } from './support/stage.ts';
import { useStage } from './support/use-stage.ts';

const here = useStage();

/** The stage, with some of its clients replaced. */
const stageWith = (clients: Partial<Stage['clients']> = {}): Stage => ({
  ...here.stage,
  clients: { ...here.stage.clients, ...clients },
});

const call = (argv: string[], stage = stageWith(), input = '') =>
  run(argv, { input, connect: async () => stage });

const listed = async (...argv: string[]): Promise<Record<string, string>[]> =>
  (await call(['audit', 'list', '--json', ...argv])).json()['entries' as never];

/** A client that answers what the emulator does, except for puts whose key this refuses. */
const refusing = (isRefused: (item: { pk: string; sk: string }) => boolean) => {
  const send = async (command: { input: { Item?: { pk: { S: string }; sk: { S: string } } } }) => {
    const { Item } = command.input;
    if (Item && isRefused({ pk: Item.pk.S, sk: Item.sk.S }))
      throw awsError(
        'AccessDeniedException',
        'User: x is not authorized to perform: dynamodb:PutItem on resource: arn:aws:dynamodb:eu-west-1:123456789012:table/events',
      );
    return here.stage.clients.dynamoDb.send(command as never);
  };
  return { send } as unknown as Stage['clients']['dynamoDb'];
};

const failedEvent = async (): Promise<string> => {
  here.service.answer = { kind: 'failed', status: 422, isJson: true, mayHaveTakenEffect: false };
  const id = await here.service.deliver();
  await here.service.work();
  here.service.answer = undefined;
  return id;
};

describe('the audit', () => {
  it('a replay is on record with its caller, target, reason and outcome, and stands in the timeline', async () => {
    const id = await failedEvent();

    await call(['events', 'replay', id, '--because', 'ticket 4711']);

    const [entry] = await listed('--event', id);
    expect(entry).toMatchObject({
      ...{ caller: CALLER, verb: 'events replay', via: 'command', target: `1 event: ${id}` },
      ...{ because: 'ticket 4711', outcome: 'done', result: '1 reopened' },
    });
    expect(await listed()).toEqual([entry]);
    const { timeline } = await describeEvent(here.stage, id);
    expect(timeline.find(({ step }) => step === 'audited')).toMatchObject({
      at: entry?.at,
      text: 'assumed-role/Operator/alice: events replay (done: 1 reopened), because: ticket 4711',
    });
  });

  it.each([
    ['secret', ['set'], `whsec_${Buffer.from('A'.repeat(24)).toString('base64')}`, 'set, previous none'],
    ['api-key', ['set'], 'cd_key', 'set'],
    ['secret', ['revoke-previous'], '', 'none'],
  ])('%s %s is on record without the value', async (group, verbs, value, result) => {
    await call([group, ...verbs], stageWith(), value);

    const entries = await listed();
    expect(entries).toMatchObject([{ verb: [group, ...verbs].join(' '), outcome: 'done', result }]);
    if (value) expect(JSON.stringify(entries)).not.toContain(value);
  });

  it('reading a payload is on record, and reading an event without it is not', async () => {
    const id = await here.service.deliver();
    await call(['events', 'show', id]);
    expect(await listed()).toEqual([]);

    const { out } = await call(['events', 'show', id, '--payload', '--reason', 'asked by the ward']);

    expect(out).toContain('PAYLOAD-VALUE');
    const entries = await listed('--event', id);
    expect(entries).toMatchObject([
      { verb: 'events show', target: `payload of event ${id}`, because: 'asked by the ward' },
    ]);
    expect(JSON.stringify(entries)).not.toContain('PAYLOAD-VALUE');
  });

  it('a redrive of all dead letters is one act about each of their events', async () => {
    const [first, second] = [await failedEvent(), await failedEvent()];

    await call(['dlq', 'redrive', '--all', '--rate', '1000']);

    const entries = await listed();
    expect(entries).toMatchObject([
      { verb: 'dlq redrive', target: 'all dead letters', result: '2 redriven, 0 cleared, 0 stuck' },
    ]);
    expect(await listed('--event', first)).toEqual(entries);
    expect(await listed('--event', second)).toEqual(entries);
  });

  it.each([
    ['the intent', ({ sk }: { sk: string }) => sk === 'intent'],
    ['the mark of the event', ({ pk }: { pk: string }) => pk.startsWith('audit#event#')],
  ])('a verb that may not write %s says so, and does not act', async (_, isRefused) => {
    const id = await failedEvent();
    const stage = stageWith({ dynamoDb: refusing(isRefused) });

    const { code, err } = await call(['events', 'replay', id, '--json'], stage);

    expect(code).toBe(2);
    expect(JSON.parse(err)).toMatchObject({
      error: {
        name: 'AuditRefused',
        message: expect.stringContaining('dynamodb:PutItem on the keys audit#*'),
      },
    });
    await here.service.work();
    expect(await describeEvent(here.stage, id)).toMatchObject({ state: 'failed', round: 0 });
  });

  it('a payload is not shown to someone whose reading cannot be put on record', async () => {
    const id = await here.service.deliver();
    const stage = stageWith({ dynamoDb: refusing(({ pk }) => pk.startsWith('audit#')) });

    const { code, out } = await call(['events', 'show', id, '--payload'], stage);

    expect([code, out]).toEqual([2, '']);
  });

  it('a change whose outcome cannot be recorded is done, with a warning, and its outcome is unknown', async () => {
    const stage = stageWith({ dynamoDb: refusing(({ sk }) => sk === 'outcome') });

    const { code, err } = await call(['api-key', 'set'], stage, 'cd_key');

    expect([code, err]).toEqual([0, expect.stringMatching(/^warning: the outcome could not be recorded/)]);
    expect(await listed()).toMatchObject([{ outcome: 'unknown' }]);
    expect(here.stage.secrets.value('api-key', 'AWSCURRENT')).toBe('cd_key');
  });

  it('a change that fails is on record with the name of its error, not with its text', async () => {
    const { code } = await call(['api-key', 'set'], stageWith(), 'two words');

    expect(code).toBe(2);
    expect(await listed()).toMatchObject([{ outcome: 'failed', result: 'BadArgument' }]);
  });

  it('audit list is newest first, as long as asked, and only what was begun since then', async () => {
    for (const key of ['cd_1', 'cd_2', 'cd_3'])
      await call(['api-key', 'set', '--reason', key], stageWith(), key);

    const { entries, more } = (await call(['audit', 'list', '--json', '--limit', '2'])).json() as {
      entries: { because: string }[];
      more: boolean;
    };

    expect([entries.map(({ because }) => because), more]).toEqual([['cd_3', 'cd_2'], true]);
    expect(await listed('--since', new Date(Date.now() + 60_000).toISOString())).toEqual([]);
  });

  it('what is on record is in no list of events and not among the unfinished ones', async () => {
    await call(['api-key', 'set'], stageWith(), 'cd_key');
    const id = await failedEvent();
    await call(['events', 'replay', id]);

    const all = (await call(['events', 'list', '--json'])).json() as { events: { event_id: string }[] };
    const open = (await call(['events', 'list', '--state', 'received', '--json'])).json() as typeof all;

    expect(all.events.map(({ event_id }) => event_id)).toEqual([id]);
    expect(open.events.map(({ event_id }) => event_id)).toEqual([]);
  });

  it('an entry is kept as long as the events', async () => {
    await call(['api-key', 'set'], stageWith(), 'cd_key');

    const [{ id = '', at = '' } = {}] = await listed();
    const { ttl = 0 } = (await readItem(here.stage, { pk: `audit#${id}`, sk: 'intent' })) ?? {};

    expect(ttl - Math.floor(Date.parse(at) / 1000)).toBe(90 * 86_400);
  });

  it.each([['a\nb'], [''], ['x'.repeat(201)]])(
    'the reason %j is refused before anything is done',
    async (text) => {
      const { code } = await call(['api-key', 'set', '--because', text], stageWith(), 'cd_key');

      expect([code, await listed()]).toEqual([2, []]);
    },
  );
});
