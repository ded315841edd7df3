import { PurgeQueueCommand, SendMessageCommand } from '@aws-sdk/client-sqs';
import { describe, expect, it, vi } from 'vitest';
import { nodeSystem } from '../../lambda/adapters/system.ts';
import { reopen } from '../../lambda/core/process/reopen.ts';
import { followUps, startRun } from '../../lambda/rules/index.ts';
import { describeEvent, readPayload } from '../../ops/events/detail.ts';
import { takeEvents } from '../../ops/events/list.ts';
import { replayEvent, replayEvents } from '../../ops/events/replay.ts';
import { readEvent } from '../../ops/events/store.ts';
import { queueDepths } from '../../ops/queues/depths.ts';
import type { Stage } from '../../ops/stage/stage.ts';
import { tableOf } from '../../ops/stage/table.ts';
import { run } from './support/command.ts';
import { followSuccess } from './support/service.ts';
import type { TestStage } from './support/stage.ts';
import { useStage } from './support/use-stage.ts';

const here = useStage();

const refusal = { kind: 'failed' as const, status: 422, isJson: true, mayHaveTakenEffect: false };
const listed = async (filter = {}, limit = 50) =>
  (await takeEvents(here.stage, filter, limit)).events.map(({ event_id }) => event_id);
const queued = async () => (await queueDepths(here.stage)).queue.visible;

describe('takeEvents', () => {
  it('takeEvents filters by state, workflow, status, run and time', async () => {
    const run = { id: 'run-1', workflow_id: 'w1' };
    const done = await here.service.deliver({ run });
    const ignored = await here.service.deliver({ run: { status: 'scheduling' } });
    await here.service.work();
    const open = await here.service.deliver({ run: { status: 'error' } });

    expect((await listed()).sort()).toEqual([done, ignored, open].sort());
    expect(await listed({ state: 'received' })).toEqual([open]);
    expect(await listed({ state: 'processed' })).toEqual([done]);
    expect(await listed({ state: 'ignored' })).toEqual([ignored]);
    expect(await listed({ workflow: 'w1' })).toEqual([done]);
    expect(await listed({ run: 'run-1' })).toEqual([done]);
    expect(await listed({ status: 'error' })).toEqual([open]);
    expect(await listed({ since: Date.now() + 1000 })).toEqual([]);
  });

  it('takeEvents filters by type, also among unfinished events', async () => {
    const about = await here.service.deliver();
    const other = await here.service.deliver({ event_type: 'run_archived' });

    expect(await listed({ type: 'run_archived' })).toEqual([other]);
    expect(await listed({ type: 'run_complete', state: 'received' })).toEqual([about]);
  });

  it('takeEvents returns the newest first, across pages, and says if there are more', async () => {
    const ids: string[] = [];
    for (let i = 0; i < 130; i += 1) ids.push(await here.service.deliver({ run: { status: 'scheduling' } }));
    const { events } = await takeEvents(here.stage, {}, 130);
    expect(events.map(({ event_id }) => event_id).sort()).toEqual(ids.sort());
    const times = events.map(({ received_at }) => received_at);
    expect(times).toEqual([...times].sort().reverse());
    expect((await takeEvents(here.stage, {}, 10)).more).toBe(true);
    expect((await takeEvents(here.stage, {}, 130)).more).toBe(false);
  });
});

describe('describeEvent', () => {
  it('describeEvent shows the steps from arrival to the run that was started', async () => {
    const id = await here.service.deliver();
    await here.service.work();
    const event = await describeEvent(here.stage, id);
    expect(event).toMatchObject({
      state: 'processed',
      actions: [{ rule: 'follow', state: 'done', run_ids: [here.service.created[0]?.id] }],
    });
    expect(event.timeline.map(({ step }) => step)).toEqual([
      'received',
      'queued',
      'planned',
      'action',
      'finished',
    ]);
  });

  it('describeEvent links an event to the one before it and the one after it', async () => {
    const first = await here.service.deliver();
    await here.service.work();
    const runId = here.service.created[0]?.id as string;
    const second = await here.service.deliver({ run: { id: runId } });
    await here.service.work();
    expect((await describeEvent(here.stage, first)).actions[0]?.followed_by).toEqual([
      { run_id: runId, event_id: second },
    ]);
    expect(await describeEvent(here.stage, second)).toMatchObject({
      depth: 1,
      started_by: { event_id: first },
    });
  });

  it('describeEvent says why an event failed, and what to do', async () => {
    here.service.answer = refusal;
    const id = await here.service.deliver();
    await here.service.work();
    const event = await describeEvent(here.stage, id);
    expect(event.actions).toMatchObject([{ state: 'failed', reason: 'refused', http_status: 422 }]);
    expect(event.timeline.at(-1)).toMatchObject({ tone: 'bad', text: expect.stringContaining('redrive') });
  });

  it('describeEvent shows no payload, which readPayload returns', async () => {
    here.service.answer = { kind: 'failed', mayHaveTakenEffect: true };
    const id = await here.service.deliver();
    await here.service.work();
    expect(JSON.stringify(await describeEvent(here.stage, id))).not.toContain('PAYLOAD-VALUE');
    expect(Buffer.from(await readPayload(here.stage, id)).toString()).toContain('PAYLOAD-VALUE');
  });

  it('describeEvent reports progress from the claim to the end, in each round', async () => {
    const progress = async (id: string) => {
      const { state, progress } = await describeEvent(here.stage, id);
      return [state, progress];
    };
    const id = await here.service.deliver();
    expect(await progress(id)).toEqual(['received', undefined]);
    here.service.answer = { kind: 'failed', status: 503, mayHaveTakenEffect: false };
    await here.service.work();
    expect(await progress(id)).toEqual(['received', 'processing']);
    const { out } = await run(['events', 'show', id], { connect: async () => here.stage });
    expect(out).toMatch(/^state +processing$/m);

    here.service.answer = refusal;
    const other = await here.service.deliver();
    await here.service.work();
    expect(await progress(other)).toEqual(['failed', undefined]);
    const ports = { table: tableOf(here.stage), system: nodeSystem };
    await reopen(ports, await readEvent(here.stage, other), 1);
    expect(await progress(other)).toEqual(['received', undefined]);
    here.service.answer = undefined;
    await replayEvent(here.stage, other);
    await here.service.work();
    expect(await progress(other)).toEqual(['processed', undefined]);
  });

  it('describeEvent says that an event was queued only if a worker has begun it', async () => {
    here.service.queueFails = true;
    await expect(here.service.deliver({ event_id: 'stored' })).rejects.toThrow();
    here.service.queueFails = false;
    const steps = async (minutes: number) => {
      vi.spyOn(Date, 'now').mockReturnValue(began + minutes * 60_000);
      const shown = await run(['events', 'show', 'stored'], { connect: async () => here.stage });
      const { timeline } = await describeEvent(here.stage, 'stored');
      vi.restoreAllMocks();
      return { out: shown.out, steps: timeline.map(({ step }) => step) };
    };
    const began = Date.now();
    const replay = 'send another message with "npx --no cyberdesk-webhooks events replay stored --stage dev"';
    const early = await steps(0);
    expect(early.steps).toEqual(['received', 'unbegun']);
    expect(early.out).not.toContain('events replay');
    const late = await steps(2);
    expect(late.steps).toEqual(['received', 'unbegun', 'overdue']);
    expect(late.out).toContain(replay);

    await replayEvent(here.stage, 'stored');
    here.service.answer = { kind: 'failed', status: 503, mayHaveTakenEffect: false };
    await here.service.work();
    const begun = await steps(2);
    expect(begun.steps.slice(0, 3)).toEqual(['received', 'queued', 'planned']);
    expect(begun.out).not.toContain('events replay');
  });

  it('describeEvent names an event that does not exist in the error', async () => {
    await expect(describeEvent(here.stage, 'nope')).rejects.toThrow(/event "nope" does not exist/);
  });
});

describe('a replay', () => {
  it('a replay of a processed event sends nothing', async () => {
    const id = await here.service.deliver();
    await here.service.work();
    expect(await replayEvent(here.stage, id)).toMatchObject({ outcome: 'unchanged' });
    expect(await queued()).toBe(0);
  });

  it('a replay of an unfinished event replaces a lost message, and starts one run', async () => {
    const id = await here.service.deliver();
    await here.stage.clients.sqs.send(new PurgeQueueCommand({ QueueUrl: here.stage.outputs.queueUrl }));
    expect(await replayEvent(here.stage, id)).toMatchObject({ outcome: 'sent' });
    expect(await replayEvent(here.stage, id)).toMatchObject({ outcome: 'sent' });
    await here.service.work();
    expect(here.service.created).toHaveLength(1);
    expect(await describeEvent(here.stage, id)).toMatchObject({ state: 'processed' });
  });

  it('a replay of a failed event reopens it without its dead-letter message', async () => {
    here.service.answer = refusal;
    const id = await here.service.deliver();
    await here.service.work();
    here.service.answer = undefined;
    expect(await replayEvent(here.stage, id)).toMatchObject({ outcome: 'reopened' });
    await here.service.work();
    expect(await describeEvent(here.stage, id)).toMatchObject({ state: 'processed', reopened: 'redriven' });
  });

  it('a replay of a copy names the event that owns the completion', async () => {
    const run = { id: 'run-2', ended_at: '2026-01-01T00:00:00Z' };
    const first = await here.service.deliver({ run });
    await here.service.work();
    const copy = await here.service.deliver({ run });
    await here.service.work();
    expect(await replayEvent(here.stage, copy, { replan: true })).toEqual({
      event_id: copy,
      outcome: 'copy',
      duplicate_of: first,
    });
  });

  it('a replay of several events names those that do not exist, and exits with 1', async () => {
    const id = await here.service.deliver();
    const argv = ['events', 'replay', 'nope', id];
    const connect = async () => here.stage;
    const { code, out } = await run(argv, { connect });
    expect([code, out]).toEqual([1, expect.stringContaining('nope: this event does not exist')]);
    const json = await run([...argv, '--json'], { connect });
    expect([json.code, json.json()]).toMatchObject([1, { replays: [{ event_id: id }], unknown: ['nope'] }]);
    expect((await run(['events', 'replay', id], { connect })).code).toBe(0);
    const none = await run(['events', 'replay', 'nope', '--json'], { connect });
    expect([none.code, JSON.parse(none.err)]).toMatchObject([2, { error: { name: 'UnknownEvent' } }]);
  });

  it('a replay of several events that is interrupted reports what was done and how to continue', async () => {
    const ids: string[] = [];
    for (let i = 0; i < 3; i += 1) ids.push(await here.service.deliver());
    let sends = 0;
    const send = (command: object) => {
      if (command instanceof SendMessageCommand && ++sends === 2) process.emit('SIGINT');
      return here.stage.clients.sqs.send(command as never);
    };
    const connect = async () =>
      ({ ...here.stage, clients: { ...here.stage.clients, sqs: { send } } }) as unknown as Stage;
    const named = await run(['events', 'replay', ...ids, '--rate', '1'], { connect });
    expect([named.code, sends]).toEqual([1, 2]);
    expect(named.out.match(/sent again/g)).toHaveLength(2);
    expect(named.out).toContain(
      `interrupted, 1 event not replayed; continue with "npx --no cyberdesk-webhooks events replay ${ids[2]} --rate 1 --stage dev"`,
    );

    sends = 0;
    const chosen = await run(['events', 'replay', '--state', 'received', '--rate', '1'], { connect });
    expect(chosen.out).toContain(
      '"npx --no cyberdesk-webhooks events replay --rate 1 --state received --stage dev"',
    );
    sends = 0;
    const NOW = Date.now();
    const clock = { now: () => NOW, sleep: async () => undefined };
    const since = await run(['events', 'replay', '--since', '2h', '--rate', '1'], { connect, clock });
    // Later, two hours ago is another time.
    expect(since.out).toContain(`--since ${new Date(NOW - 7_200_000).toISOString()} --stage dev"`);
    sends = 0;
    const json = await run(['events', 'replay', ...ids, '--json', '--rate', '1'], { connect });
    expect([json.code, json.json()]).toMatchObject([1, { replays: [{}, {}], interrupted: true }]);
  });

  it('a replay of several events sends nothing after it was stopped, even during its wait', async () => {
    const ids = [await here.service.deliver(), await here.service.deliver()];
    const stop = new AbortController();
    const sleep = async () => stop.abort();
    const { replays, left } = await replayEvents(here.stage, ids, { rate: 2, sleep, signal: stop.signal });
    expect([replays, left]).toMatchObject([[{ event_id: ids[0] }], [ids[1]]]);
  });

  it('a replay of an ignored event starts nothing', async () => {
    const id = await here.service.deliver({ run: { status: 'scheduling' } });
    expect(await replayEvent(here.stage, id, { replan: true })).toMatchObject({ outcome: 'never_acts' });
    expect(await queued()).toBe(0);
  });
});

describe('an event that is not about a run', () => {
  const machines = JSON.stringify({
    event_type: 'downed_machines',
    machines: [{ machine_id: 'PAYLOAD-VALUE' }],
  });
  const restart = followUps({
    name: 'restart',
    event: 'downed_machines',
    actions: () => startRun({ workflow_id: 'restart' }),
  });

  it('an event that is not about a run is shown with its actions, and linked to the run that it started', async () => {
    here.service.rules = restart;
    const id = await here.service.receive(machines);
    await here.service.work();
    const runId = here.service.created[0]?.id as string;
    const next = await here.service.deliver({ run: { id: runId } });
    await here.service.work();

    const shown = await describeEvent(here.stage, id);
    expect(shown).toMatchObject({
      state: 'processed',
      type: 'downed_machines',
      depth: 0,
      actions: [{ rule: 'restart', state: 'done', run_ids: [runId], followed_by: [{ event_id: next }] }],
    });
    expect(JSON.stringify(shown)).not.toContain('PAYLOAD-VALUE');
    const follower = await describeEvent(here.stage, next);
    expect(follower).toMatchObject({ depth: 1, started_by: { event_id: id } });
    expect(follower.started_by).not.toHaveProperty('run_id');
    expect(follower.timeline[0]?.text).toBe(`its run is a follow-up of event ${id}`);
  });

  it('a replan of an event that no rule was about asks the rules of today', async () => {
    const id = await here.service.receive(machines);
    await here.service.work();
    expect(await describeEvent(here.stage, id)).toMatchObject({ state: 'ignored' });
    expect(await replayEvent(here.stage, id)).toMatchObject({ outcome: 'unasked' });
    expect(await queued()).toBe(0);

    here.service.rules = restart;
    expect(await replayEvent(here.stage, id, { replan: true })).toMatchObject({ outcome: 'replanned' });
    await here.service.work();

    expect(await describeEvent(here.stage, id)).toMatchObject({ state: 'processed', reopened: 'replanned' });
    expect(here.service.created).toHaveLength(1);
  });

  it('an event that is not about a run can fail, and be redriven', async () => {
    here.service.rules = restart;
    here.service.answer = refusal;
    const id = await here.service.receive(machines);
    await here.service.work();
    expect(await describeEvent(here.stage, id)).toMatchObject({ state: 'failed', reason: 'refused' });

    here.service.answer = undefined;
    expect(await replayEvent(here.stage, id)).toMatchObject({ outcome: 'reopened' });
    await here.service.work();

    expect(await describeEvent(here.stage, id)).toMatchObject({ state: 'processed' });
  });
});

describe('a replan', () => {
  it('a replan starts only what has no record', async () => {
    const id = await here.service.deliver();
    await here.service.work();
    here.service.rules = followUps(...followSuccess.rules, {
      name: 'second',
      actions: () => startRun({ workflow_id: 'other' }),
    });
    for (let i = 0; i < 3; i += 1) {
      expect(await replayEvent(here.stage, id, { replan: true })).toMatchObject({ outcome: 'replanned' });
      await here.service.work();
    }
    expect(here.service.created).toHaveLength(2);
    const event = await describeEvent(here.stage, id);
    expect(event).toMatchObject({ state: 'processed', reopened: 'replanned', round: 3 });
    expect(event.actions.map(({ rule }) => rule)).toEqual(['follow', 'second']);
  });

  it('a replan that could not be sent changes nothing and can be repeated', async () => {
    const id = await here.service.deliver();
    await here.service.work();
    const noQueue = {
      ...here.stage,
      clients: { ...here.stage.clients, sqs: { send: () => Promise.reject(new Error('cut')) } },
    };
    await expect(replayEvent(noQueue as unknown as TestStage, id, { replan: true })).rejects.toThrow('cut');
    expect(await describeEvent(here.stage, id)).toMatchObject({ state: 'processed', round: 0 });
    expect(await replayEvent(here.stage, id, { replan: true })).toMatchObject({ outcome: 'replanned' });
    // Two messages begin one round.
    await replayEvent(here.stage, id, { replan: true });
    await here.service.work();
    expect(await describeEvent(here.stage, id)).toMatchObject({ state: 'processed', round: 1 });
    expect(here.service.created).toHaveLength(1);
  });
});
