import { PutItemCommand } from '@aws-sdk/client-dynamodb';
import { beforeEach, describe, expect, it } from 'vitest';
import { FENCE_KEY } from '../../lambda/core/model/index.ts';
import { followUps, startRun } from '../../lambda/rules/index.ts';
import { run } from './support/command.ts';
import { backUp, itemsOf } from './support/tables.ts';
import { useStage } from './support/use-stage.ts';

/** A rule whose runs differ. */
const follow = followUps({
  name: 'follow',
  status: 'success',
  actions: ({ run }) => startRun({ workflow_id: 'next', input_values: { of: run.id } }),
});

const ago = (minutes: number) => new Date(Date.now() - minutes * 60_000).toISOString();

describe('restore --from', () => {
  const here = useStage(() => ({ name: 'prod' }));
  const connect = async () => here.stage;
  const call = (...argv: string[]) => run(['restore', ...argv, '--yes'], { connect });

  beforeEach(() => {
    here.service.rules = follow;
  });

  /** The stage has an empty table: the one before was lost. */
  async function loseTable(): Promise<void> {
    Object.assign(here.stage.outputs, { tableName: await here.emulators.createTable() });
  }

  const events = async () => {
    const { json } = await run(['events', 'list', '--json', '--limit', '100'], { connect });
    return (json() as { events: { event_id: string; state: string; reason?: string }[] }).events;
  };

  it('restore loses nothing from before the point and doubles nothing after it, however often webhooks come again', async () => {
    const bodies = Array.from({ length: 9 }, (_, n) => body(n));
    for (const one of bodies.slice(0, 3)) await here.service.receive(one);
    await here.service.work();
    for (const one of bodies.slice(3, 6)) await here.service.receive(one);
    const point = new Date().toISOString();
    const backup = await backUp(here);
    // After the point: three that were open are done, and three more come and are done.
    for (const one of bodies.slice(6)) await here.service.receive(one);
    await here.service.work();
    expect(here.service.created).toHaveLength(9);
    await loseTable();

    const { json, code } = await call('--from', backup, '--to', point, '--json');

    expect([code, json()]).toMatchObject([0, { kind: 'copied', source: backup, kept: 0, expired: 0 }]);
    expect(await events()).toHaveLength(6);
    // Svix sends everything again, twice.
    for (const one of [...bodies, ...bodies]) await here.service.receive(one);
    await here.service.work();
    expect(here.service.created).toHaveLength(9);
    const after = await events();
    expect(after).toHaveLength(9);
    expect(after.filter(({ state }) => state === 'processed')).toHaveLength(3);
    expect(after.filter(({ reason }) => reason === 'restored')).toHaveLength(6);
    const { out } = await run(['events', 'show', 'event-8'], { connect });
    expect(out).toContain('action 1 may have been carried out before the table was restored');
    expect(out).toContain('which looks for its run at Cyberdesk first, or name that run');
    expect(out).toContain('events settle event-8 --action 1 --skip');
  });

  it('restore lists an unfinished event for the sweeper, which is past the time at which it came', async () => {
    const id = await here.service.deliver();
    const backup = await backUp(here);
    await loseTable();

    await call('--from', backup, '--to', '1m');

    expect((await itemsOf(here)).find(({ pk }) => pk?.S === `event#${id}`)?.open?.S).toMatch(/^[0-7]$/);
  });

  it('restore writes nothing over what the table has without --overwrite', async () => {
    const id = await here.service.deliver();
    const backup = await backUp(here);
    await here.service.work();
    const before = await itemsOf(here);

    const { json } = await call('--from', backup, '--to', '1m', '--json');

    expect(json()).toMatchObject({ copied: 0, kept: 1 });
    const isFence = ({ pk }: (typeof before)[number]) =>
      pk?.S === FENCE_KEY.pk || pk?.S?.startsWith('audit#');
    expect((await itemsOf(here)).filter((item) => !isFence(item))).toEqual(
      expect.arrayContaining(before.filter((item) => !isFence(item))),
    );
    await call('--from', backup, '--to', '1m', '--overwrite', 'events');
    expect(await events()).toMatchObject([{ event_id: id, state: 'received' }]);
  });

  it('restore --overwrite events keeps what is known of the work that was done', async () => {
    await here.service.deliver();
    const backup = await backUp(here);
    await here.service.work();

    await call('--from', backup, '--to', '1m', '--overwrite', 'events');
    await here.service.work();
    await run(['events', 'replay', '--state', 'received', '--yes'], { connect });
    await here.service.work();

    expect(await events()).toMatchObject([{ state: 'processed' }]);
    expect(here.service.created).toHaveLength(1);
  });

  it('restore leaves out what has expired, and how far the sweeper got', async () => {
    await here.service.deliver();
    const backup = await backUp(here);
    const put = (pk: string, more = {}) =>
      here.emulators.dynamoDb.send(
        new PutItemCommand({ TableName: backup, Item: { pk: { S: pk }, sk: { S: 'x' }, ...more } }),
      );
    await put('control#sweep');
    await put('event#old', { ttl: { N: '1000' } });
    await loseTable();

    const { json } = await call('--from', backup, '--to', '1m', '--json');

    expect(json()).toMatchObject({ copied: 1, expired: 1 });
    expect(
      (await itemsOf(here)).map(({ pk }) => pk?.S).filter((pk) => /^(control|event)#/.test(pk ?? '')),
    ).toEqual(expect.not.arrayContaining(['control#sweep', 'event#old']));
  });

  it('restore is on record, with what it copied', async () => {
    await here.service.deliver();
    await call('--from', await backUp(here), '--to', '1m', '--reason', 'CASE-7');

    const { json } = await run(['audit', 'list', '--json'], { connect });
    expect(json()).toMatchObject({
      entries: [{ verb: 'restore', because: 'CASE-7', result: '0 copied, 1 kept, 0 expired' }],
    });
  });

  it('a second restore widens the fence of the first', async () => {
    await here.service.deliver();
    const backup = await backUp(here);
    const first = (await call('--from', backup, '--to', '2026-11-01T00:00:00Z', '--json')).json();
    const second = (await call('--from', backup, '--to', '1m', '--json')).json();

    expect(first).toMatchObject({ point: '2026-11-01T00:00:00.000Z' });
    expect(second).toMatchObject({ point: '2026-11-01T00:00:00.000Z' });
  });

  it('a second restore keeps the fence that the source holds, although the stage has lost its own, so that a redrive starts nothing twice', async () => {
    const empty = await here.emulators.createTable();
    const webhook = { event_id: 'event-x', run: { id: 'run-x', ended_at: ago(125) } };
    await here.service.deliver(webhook);
    await here.service.work();
    // Started so long ago that its idempotency key is forgotten.
    Object.assign(here.service.created[0] as object, { created_at: ago(120), key: 'forgotten' });
    await loseTable();
    const { json: first } = await call('--from', empty, '--to', ago(180), '--json');
    // Point-in-time recovery has the table with its fence.
    const backup = await backUp(here);
    await loseTable();

    const { json: second } = await call('--from', backup, '--to', ago(30), '--json');

    expect((second() as { point: string }).point).toBe((first() as { point: string }).point);
    await here.service.deliver(webhook);
    await here.service.work();
    expect(await events()).toMatchObject([{ state: 'failed', reason: 'restored' }]);
    await run(['dlq', 'redrive', '--reason', 'restored', '--yes'], { connect });
    await here.service.work();
    expect(here.service.created).toHaveLength(1);
  });

  it.each([
    ['no time', ['--from', 'x'], 'say with --to'],
    ['nothing', [], 'no time was given'],
    ['a time to come', ['--to', '2999-01-01'], 'in the future'],
    ['--deleted and a time', ['--deleted', '--to', '1h'], 'takes no --to'],
    ['--deleted and a choice', ['--deleted', '--overwrite', 'all'], 'takes no --to'],
    ['an empty name', ['--from', '', '--to', '1h'], 'an empty name'],
    ['a table that does not exist', ['--from', 'nowhere', '--to', '1h'], 'table nowhere does not exist'],
    [
      'a choice of what was erased that is not to be written over',
      ['--to', '1h', '--overwrite-erased', 'all'],
      'use it with --overwrite events',
    ],
    ['an unknown choice', ['--to', '1h', '--overwrite', 'x'], 'Allowed choices'],
  ])('restore with %s is refused in one line, and changes nothing', async (_, argv, text) => {
    const { code, err } = await call(...argv);

    expect([code, err]).toEqual([2, expect.stringContaining(text)]);
    expect((await itemsOf(here)).filter(({ pk }) => pk?.S === FENCE_KEY.pk)).toEqual([]);
  });

  it('restore --deleted of a table that was not deleted is refused in the local run as well', async () => {
    const { code, err } = await call('--deleted');
    expect([code, err]).toEqual([2, expect.stringContaining('is there, and was not deleted')]);
  });

  it('restore refuses to copy a table into itself', async () => {
    const { err } = await call('--from', here.stage.outputs.tableName, '--to', '1h');
    expect(err).toContain('itself');
  });

  it('restore asks first in prod', async () => {
    const { code, err } = await run(['restore', '--to', '1h'], { connect });
    expect([code, err]).toEqual([2, expect.stringContaining('--yes')]);
  });
});

const body = (n: number): string =>
  JSON.stringify({
    event_id: `event-${n}`,
    event_type: 'run_complete',
    run: {
      id: `run-${n}`,
      workflow_id: 'first',
      status: 'success',
      ended_at: new Date(Date.now() - 60_000 + n).toISOString(),
      output_data: {},
    },
  });
