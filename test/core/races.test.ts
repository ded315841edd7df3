import { randomBytes } from 'node:crypto';
import { beforeEach, describe, expect, it } from 'vitest';
import type { ActionRecord, CompletionItem, EventItem, LineageItem } from '../../lambda/core/items.ts';
import type { Expected, Item } from '../../lambda/core/ports.ts';
import { processMessage } from '../../lambda/core/process.ts';
import { receive } from '../../lambda/core/receive.ts';
import { DAY, HOUR, MINUTE, SECOND } from '../../lambda/core/timing.ts';
import {
  notify,
  publish,
  type RuleDefinition,
  retryRun,
  secret,
  startRun,
} from '../../lambda/rules/index.ts';
import { runComplete, START, startNext, world } from './kit.ts';

const END = START - 2000 + 123;
let w: ReturnType<typeof world>;
const setUp = async (rule: RuleDefinition, run: Record<string, unknown> = {}) => {
  w = world(rule);
  await receive(w.ports, { svixId: 'm', body: runComplete(run) }, 90);
};
const go = (receives = 1) => processMessage(w.worker, { body: '{"v":1,"event":"event-1"}', receives });
const event = () => w.model.get({ pk: 'event#event-1', sk: 'event' }) as EventItem;
const completion = () => w.model.get({ pk: 'run#run-1', sk: `completion#${END}` }) as CompletionItem;
const action = () => completion().actions?.[0] as ActionRecord;
/** Somebody else acts just before a put for which `when` holds, once. */
const justBefore = (when: (item: Item) => boolean, act: () => void) => {
  let done = false;
  const { put } = w.worker.table;
  w.worker.table = {
    ...w.worker.table,
    put: async (item: Item, expected: Expected) => {
      if (!done && when(item)) {
        done = true;
        act();
      }
      return put(item, expected);
    },
  };
};
const fails = (name: 'createRun' | 'findRuns' | 'retryRun' | 'getAttachment', outcome: object) => {
  w.cyberdesk.answers[name] = () => ({ ok: false, mayHaveTakenEffect: false, ...outcome }) as never;
};

beforeEach(() => setUp(startNext));

describe('the end of an event', () => {
  it('is written over a note of the sweeper', async () => {
    justBefore(
      ({ sk }) => sk === 'event',
      () => w.model.force({ ...event(), resent_at: 'now', tag: 'sweeper' }),
    );
    expect(await go()).toMatchObject({ outcome: 'processed' });
    expect(event()).toMatchObject({ state: 'processed', resent_at: 'now' });
  });

  it('is not written over another worker’s, nor over a new round', async () => {
    justBefore(
      ({ sk }) => sk === 'event',
      () => w.model.force({ ...event(), state: 'failed', tag: 'other' }),
    );
    expect(await go()).toMatchObject({ kind: 'acknowledge' });
    expect(event()).toMatchObject({ state: 'failed', tag: 'other' });

    await setUp(startNext);
    justBefore(
      ({ sk }) => sk === 'event',
      () => w.model.force({ ...event(), round: 1, tag: 'other' }),
    );
    await go();
    expect(event()).toMatchObject({ state: 'received', round: 1, tag: 'other' });
  });

  it('is nobody’s where the event is gone', async () => {
    justBefore(
      ({ sk }) => sk === 'event',
      () => void w.model.items.delete('event#event-1\nevent'),
    );
    expect(await go()).toMatchObject({ kind: 'acknowledge' });
    expect(event()).toBeUndefined();
  });

  it('comes back when it could not be written', async () => {
    const { put } = w.worker.table;
    w.worker.table = {
      ...w.worker.table,
      put: (item, expected) =>
        item.sk === 'event' ? Promise.reject(new Error('down')) : put(item, expected),
    };
    await expect(go()).rejects.toThrow('down');
    w.worker.table = { ...w.worker.table, put };
    const reads: string[] = [];
    w.model.onPut = ({ sk }) => reads.push(sk);
    expect(await go(2)).toMatchObject({ outcome: 'processed' });
    expect(reads).toEqual(['event']);
  });
});

describe('a lineage', () => {
  it('that another event of the run has just written is added to', async () => {
    const isLineage = ({ sk }: Item) => sk === 'lineage';
    justBefore(isLineage, () =>
      w.model.force({
        pk: 'run#started-1',
        sk: 'lineage',
        v: 1,
        tag: 'x',
        depth: 0,
        retried: ['completion#7'],
      } as never),
    );
    await go();
    expect(w.model.get({ pk: 'run#started-1', sk: 'lineage' })).toMatchObject({
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
      () => w.model.force(mine as never),
    );
    await go();
    expect(w.model.get({ pk: 'run#run-1', sk: 'lineage' })).toEqual(mine);
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
    w.model.force({
      pk: 'run#run-1',
      sk: 'lineage',
      v: 1,
      tag: 'x',
      depth: 0,
      retried: ['completion#1', `completion#${END}`],
    } as never);
    await go();
    expect(seen).toBe(1);
  });

  it('of a later release waits, in order', async () => {
    justBefore(
      ({ sk }) => sk === 'lineage',
      () => w.model.force({ pk: 'run#started-1', sk: 'lineage', v: 2, tag: 'x' } as never),
    );
    expect(await go()).toEqual({ kind: 'wait', until: START + 15 * MINUTE });
    expect(completion()).not.toHaveProperty('lease');
    w.later(15 * MINUTE);
    w.model.force({
      pk: 'run#started-1',
      sk: 'lineage',
      v: 1,
      tag: 'x',
      depth: 1,
      retried: [],
      action: action().key,
    } as LineageItem);
    w.cyberdesk.runs = [
      {
        id: 'started-1',
        workflow_id: 'workflow-next',
        status: 'running',
        created_at: new Date(START).toISOString(),
        input_values: { summary: 'three invoices filed' },
      },
    ];
    expect(await go(2)).toMatchObject({ outcome: 'processed' });
    expect(w.cyberdesk.named('createRun')).toHaveLength(1);
  });
});

describe('announcements', () => {
  it('are tried again, and given up after a day', async () => {
    await setUp({ name: 'r', actions: () => notify() });
    const topics = w.worker.topics;
    w.worker.topics = { ...topics, notify: () => Promise.reject(new Error('down')) };
    expect(await go()).toEqual({ kind: 'wait', until: START + 5 * SECOND });
    expect(action()).toMatchObject({ tries: 1, delayed: 5 * SECOND });
    w.model.force({
      ...completion(),
      not_before: START,
      actions: [{ ...action(), not_before: START, delayed: DAY }],
    });
    expect(await go(2)).toMatchObject({ outcome: 'failed' });
    expect(event()).toMatchObject({ reason: 'exhausted' });
  });

  it('wait when there is no time left', async () => {
    await setUp({ name: 'r', actions: () => [publish(), notify()] });
    const { publish: send } = w.worker.topics;
    w.worker.topics = {
      ...w.worker.topics,
      publish: async (it) => {
        await send(it);
        w.chance.time = w.worker.deadline;
      },
    };
    expect(await go()).toEqual({ kind: 'wait', until: START + 31 * SECOND });
    expect(w.announced).toHaveLength(1);
  });
});

describe('waiting', () => {
  it('is each action’s own', async () => {
    await setUp({
      name: 'r',
      actions: () => [startRun({ workflow_id: 'a' }), startRun({ workflow_id: 'b' })],
    });
    fails('createRun', { status: 401 });
    await go();
    w.model.force({
      ...completion(),
      not_before: START,
      actions: completion().actions?.map((it, i) => ({ ...it, not_before: START + (i + 1) * HOUR })) ?? [],
    });
    w.later(2 * HOUR - 1);
    delete w.cyberdesk.answers.createRun;
    expect(await go(2)).toEqual({ kind: 'wait', until: START + 2 * HOUR });
    expect(completion().actions?.map(({ result }) => result !== undefined)).toEqual([true, false]);
  });

  it('in a pause holds up neither failures nor new rounds', async () => {
    fails('createRun', { status: 400 });
    w.worker.deadLetters = { send: () => Promise.reject(new Error('down')) };
    await expect(go()).rejects.toThrow('down');
    w.model.force({
      pk: 'control#pause',
      sk: 'pause',
      v: 1,
      tag: 't',
      until: START + HOUR,
      streak: 1,
    } as never);
    w.worker.deadLetters = { send: async () => {} };
    w.later(SECOND);
    expect(await go(2)).toMatchObject({ outcome: 'failed' });
  });

  it('ends a pause with a look-up that is answered', async () => {
    fails('createRun', { mayHaveTakenEffect: true });
    await go();
    w.model.force({ pk: 'control#pause', sk: 'pause', v: 1, tag: 't', until: START, streak: 3 } as never);
    w.later(HOUR);
    let streak: unknown;
    w.cyberdesk.answers.createRun = (() => {
      streak = (w.model.get({ pk: 'control#pause', sk: 'pause' }) as unknown as { streak: number }).streak;
      return { ok: true, value: { runIds: ['x'] } };
    }) as never;
    await go(2);
    expect(streak).toBe(0);
  });
});

describe('doubt', () => {
  it('about a retry that only a person can settle', async () => {
    await setUp({ name: 'r', actions: () => retryRun({ max: 1 }) }, { ended_at: null });
    fails('retryRun', { mayHaveTakenEffect: true });
    await go();
    w.cyberdesk.runs = [
      {
        id: 'run-1',
        workflow_id: 'w',
        status: 'error',
        created_at: '',
        ended_at: new Date(START).toISOString(),
      },
    ];
    w.later(HOUR);
    await go(2);
    expect(event()).toMatchObject({ state: 'failed', reason: 'outcome_unknown' });
  });

  it('about a retry is settled by the completion’s own end', async () => {
    await setUp({ name: 'r', actions: () => retryRun({ max: 1 }) });
    fails('retryRun', { mayHaveTakenEffect: true });
    await go();
    delete w.cyberdesk.answers.retryRun;
    w.cyberdesk.runs = [
      {
        id: 'run-1',
        workflow_id: 'w',
        status: 'success',
        created_at: '',
        ended_at: new Date(END + 1).toISOString(),
      },
    ];
    w.later(6 * SECOND);
    expect(await go(2)).toMatchObject({ outcome: 'processed' });
    expect(w.cyberdesk.named('retryRun')).toHaveLength(1);
  });

  it('is kept through a store that cannot be read, and made by none', async () => {
    await setUp({
      name: 'r',
      actions: () => startRun({ workflow_id: 'w', sensitive_input_values: { p: secret('arn:secret') } }),
    });
    w.secrets.failing = true;
    await go();
    expect(action()).not.toHaveProperty('begun');
    w.secrets.failing = false;
    w.secrets.set('arn:secret#AWSCURRENT', 'value', 'v1');
    w.secrets.set('arn:secret#v1', 'value', 'v1');
    fails('createRun', { mayHaveTakenEffect: true });
    w.later(6 * SECOND);
    await go(2);
    const { begun } = action();
    w.secrets.failing = true;
    w.later(11 * SECOND);
    await go(3);
    expect(action()).toMatchObject({ begun, pins: [{ version: 'v1' }] });
  });

  it('is kept, with its pins, when the way to a second call took too long', async () => {
    fails('createRun', { mayHaveTakenEffect: true });
    await go();
    const { begun } = action();
    w.later(20 * SECOND);
    justBefore(
      (item) => (item as CompletionItem).actions?.[0]?.begun?.last === w.chance.time,
      () => {
        w.chance.time += 26 * SECOND;
      },
    );
    w.worker.deadline = START + HOUR;
    expect(await go(2)).toMatchObject({ kind: 'wait' });
    expect(w.cyberdesk.named('createRun')).toHaveLength(1);
    expect(action()).toMatchObject({ begun, tries: 2 });
  });

  it('is not counted for other failures', async () => {
    fails('createRun', { status: 422 });
    await go();
    expect(w.counted).not.toContain('OutcomeUnknown');
    expect(action()).not.toHaveProperty('pins');
  });
});

describe('the body of an unfinished event', () => {
  it('is renewed before it expires, and not sooner', async () => {
    w = world(startNext);
    const body = runComplete({ output_data: { noise: randomBytes(9000).toString('base64') } });
    await receive(w.ports, { svixId: 'm', body }, 90);
    fails('createRun', { status: 401 });
    const piece = () => w.model.get({ pk: `body#${event().body_sha256}/0`, sk: 'body' })?.ttl;
    const first = START / 1000 + (90 * DAY) / 1000;
    w.later(60 * DAY - 1);
    await go();
    expect(piece()).toBe(first);
    w.later(2 * SECOND);
    await go(2);
    expect(piece()).toBe(Math.floor((w.chance.time + 60 * DAY) / 1000));
    const renewed = piece();
    w.later(10 * DAY);
    await go(3);
    expect(piece()).toBe(renewed);
  });

  it('may be renewed by two at once', async () => {
    w = world(startNext);
    const body = runComplete({ output_data: { noise: randomBytes(9000).toString('base64') } });
    await receive(w.ports, { svixId: 'm', body }, 90);
    w.later(89 * DAY);
    justBefore(
      ({ sk }) => sk === 'body',
      () =>
        w.model.force({
          ...(w.model.get({ pk: `body#${event().body_sha256}/0`, sk: 'body' }) as Item),
          tag: 'other',
        }),
    );
    expect(await go()).toMatchObject({ outcome: 'processed' });
  });

  it('is kept with its action where the plan is small, and aside where it is large', async () => {
    const text = (length: number) => 'x'.repeat(length);
    await setUp({
      name: 'r',
      actions: () => [notify('a'), startRun({ workflow_id: 'w', input_values: { text: text(65_400) } })],
    });
    fails('createRun', { status: 401 });
    await go();
    expect(completion().actions?.[1]).toHaveProperty('body');
    await setUp({
      name: 'r',
      actions: () => [
        notify('first words'),
        startRun({ workflow_id: 'w', input_values: { text: text(66_000) } }),
      ],
    });
    fails('createRun', { status: 401 });
    await go();
    expect(completion().actions?.[1]).toHaveProperty('body_ref');
    expect(w.announced[0]?.subject).toBe('first words');
  });
});
