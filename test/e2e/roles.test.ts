import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { beforeAll, describe, expect, it } from 'vitest';
import { sha256 } from '../../lambda/core/model/keys.ts';
import { HOUR } from '../../lambda/core/model/time.ts';
import { describeStack } from '../../local/control/stack-state.ts';
import { startConsole } from '../../ops/console/server.ts';
import { localStage } from '../../ops/stage/local.ts';
import { ask } from '../console/kit/http.ts';
import { useWhole } from './kit/local-run.ts';
import { runComplete } from './kit/webhooks.ts';
import { type Loot, possible } from './roles/attempts.ts';
import { thief } from './roles/thief.ts';

const whole = useWhole({ app: fileURLToPath(new URL('roles/app.ts', import.meta.url)) });
const stolen = (label: string) => thief(whole().run, label);
const denied = { name: 'AccessDeniedException' };

let webhook: ReturnType<typeof runComplete>;
let loot: Loot;
beforeAll(async () => {
  webhook = runComplete();
  await whole().deliver(webhook);
  const shown = await whole().finished(webhook.event_id);
  loot = {
    event: [`event#${webhook.event_id}`, 'event'],
    completion: [`run#${webhook.run.id}`, `completion#${Date.parse(webhook.run.ended_at)}`],
    lineage: [`run#${shown.actions.flatMap(({ run_ids }) => run_ids)[0]}`, 'lineage'],
  };
  // They are there, so a denial is not for want of them.
  for (const key of Object.values(loot)) expect(await stolen('reader').get(key)).toBeDefined();
});

describe('with the role of the verifier', () => {
  // As docs/security.md says. Should one of these fail, the page has become too modest.
  it('whoever has the role of the verifier can read back and overwrite an event whose id is known', async () => {
    const { put, readBack } = stolen('verifier');
    expect(await readBack(loot.event)).toMatchObject({ event_id: webhook.event_id, state: 'processed' });
    await put(loot.event, { state: 'ignored' });
    expect(await readBack(loot.event)).toMatchObject({ tag: 'forged' });
  });

  it('no one can read what the processor stores by a write that fails', async () => {
    const { readBack } = stolen('verifier');
    await expect(readBack(loot.completion)).rejects.toMatchObject(denied);
    await expect(readBack(loot.lineage)).rejects.toMatchObject(denied);
  });
});

// As docs/security.md says: whoever may write events may have the rules act on one of their own.
it.each(['verifier', 'sweeper', 'erase', 'restore'])(
  'whoever has the role of the %s can have a run started by an event that they have forged',
  async (role) => {
    const summary = `forged with the role of ${role}`;
    const forged = runComplete({ output_data: { summary } });
    await stolen(role).put([`event#${forged.event_id}`, 'event'], unfinished(forged));

    await whole().run.sweep();

    expect(await whole().finished(forged.event_id)).toMatchObject({ state: 'processed' });
    expect(whole().runsFor(summary)).toHaveLength(1);
  },
);

/** An event as the verifier would have stored it three hours ago, with its message lost. */
function unfinished(webhook: ReturnType<typeof runComplete>) {
  const body = Buffer.from(JSON.stringify(webhook));
  const receivedAt = new Date(Date.now() - 3 * HOUR).toISOString();
  const { event_id, run } = webhook;
  return {
    ...{ event_id, svix_id: event_id, received_at: receivedAt, day: receivedAt.slice(0, 10), open: '0' },
    ...{ type: 'run_complete', run_id: run.id, workflow_id: run.workflow_id, status: run.status },
    ...{ ended_at: Date.parse(run.ended_at), state: 'received', failure: 0, round: 0 },
    ...{ body: gzipSync(body), body_sha256: sha256(body), body_bytes: body.byteLength },
  };
}

describe('with the role of the sweeper', () => {
  it('no one can read the pieces of bodies, not even beside what it may read', async () => {
    const { getMany } = stolen('sweeper');
    await expect(getMany('event#1', 'run#1', 'control#pause', 'control#sweep')).resolves.toBeDefined();
    await expect(getMany('event#1', 'body#0/0')).rejects.toMatchObject(denied);
    await expect(getMany('plan#0/0')).rejects.toMatchObject(denied);
    await expect(getMany('control#other')).rejects.toMatchObject(denied);
  });
});

describe('with the role of a receiver', () => {
  it('no one can read more than single events', async () => {
    const { get } = stolen('receiver');
    expect(await get(loot.event)).toBeDefined();
    await expect(get(['plan#0/0', 'body'])).rejects.toMatchObject(denied);
    await expect(get(['audit#1', 'intent'])).rejects.toMatchObject(denied);
  });
});

describe('with the console', () => {
  it('whoever has taken over the console can do what the credentials behind it allow, and does not get these', async () => {
    const fresh = runComplete();
    await whole().deliver(fresh);
    await whole().finished(fresh.event_id);
    const credentials = whole().run.credentialsOf('reader');
    const stage = localStage(whole().run.url, { ...describeStack(whole().run), credentials });
    const page = await startConsole({ stage, port: 0 });
    const token = new URL(page.link).hash.replace('#token=', '');
    const call = (path: string, body?: object) =>
      ask(page.url, `/console/api/${path}`, {
        headers: { 'x-console-token': token, origin: page.url, 'content-type': 'application/json' },
        ...(body && { method: 'POST', body: JSON.stringify(body) }),
      });

    const read = [await call('stage'), await call('events')];
    const refused = [
      await call('replay', { ids: [fresh.event_id], replan: true }),
      await call('send', { body: JSON.stringify(fresh) }),
      await call('dlq'),
    ];

    expect(read.map(({ status }) => status)).toEqual([200, 200]);
    for (const { text } of refused) expect(text).toContain('AwsRefused');
    const { secret, apiKey } = whole().run;
    for (const { text } of [...read, ...refused])
      for (const value of [...Object.values(credentials), secret, apiKey]) expect(text).not.toContain(value);
    await page.close();
  });
});

const SWEEPER = [
  'read several items',
  'list events',
  'overwrite an event',
  'forge an event',
  'move the sweep',
  'send to the queue',
];
const READER = [
  ...['read an event', 'read a completion', 'read several items', 'read what is on record', 'list events'],
  'put on record',
];

const FORGED = [
  ...['forge a plan', 'forge the plan of an occurrence', 'forge a body of a plan'],
  ...['erase what was done', 'erase a lineage'],
];

/** Every row of the table in docs/security.md. The last ones leave secrets behind that no one can use. */
const ROWS: readonly [role: string, can: readonly string[]][] = [
  [
    'verifier',
    [
      ...['read an event', 'overwrite an event', 'forge an event'],
      'forge a body',
      'send to the queue',
      'read the signing secret',
      'read the origin header',
    ],
  ],
  ['sweeper', SWEEPER],
  ['handler', []],
  ['receiver', ['read an event']],
  ['reader', READER],
  ['redrive', ['put on record', 'read several items', 'send to the queue', 'receive dead letters']],
  ['replay', [...READER, 'send to the queue']],
  ['settle', [...READER, 'send to the queue', ...FORGED]],
  ['erase', [...READER, 'overwrite an event', 'forge an event', 'forge a body', 'forge a body of a plan']],
  [
    'restore',
    [
      ...['overwrite an event', 'forge an event', 'forge a body', ...FORGED],
      ...['lift the fence after a restore', 'read what is on record', 'put on record'],
    ],
  ],
  [
    'processor',
    [
      ...['read an event', 'read a completion', 'overwrite an event', 'forge an event', 'forge a body'],
      ...FORGED,
      'pause the calls',
      ...['receive from the queue', 'send a dead letter', 'notify', 'publish', 'invoke a handler'],
      'read the API key',
    ],
  ],
  ['secrets', ['put on record', 'set the signing secret', 'set the API key']],
];

it.each(ROWS)(
  'whoever has the role of the %s can do what the page says, and nothing else',
  async (role, can) => {
    expect((await possible(whole().run, role, loot)).sort()).toEqual([...can].sort());
  },
);
