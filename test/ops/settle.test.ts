import { GetCallerIdentityCommand } from '@aws-sdk/client-sts';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { followUps, startRun } from '../../lambda/rules/index.ts';
import { checkDecisions } from '../../ops/doctor/decisions.ts';
import { describeEvent } from '../../ops/events/detail.ts';
import { LoopbackServer } from '../../ops/http/index.ts';
import { queueDepths } from '../../ops/queues/depths.ts';
import type { Stage } from '../../ops/stage/stage.ts';
import { run } from './support/command.ts';
import { makeUnknown } from './support/unknown.ts';
import { useStage } from './support/use-stage.ts';

const RUN = '2ee31ba7-271e-4c3d-9921-8c722f6993ff';
const ARN = 'arn:aws:sts::111122223333:assumed-role/operator/ada';

const sts = {
  send: async (command: unknown) => (command instanceof GetCallerIdentityCommand ? { Arn: ARN } : undefined),
} as unknown as Stage['clients']['sts'];

/** Cyberdesk's API, as far as it says what a run is. */
let answer: { status: number; body: object } = { status: 404, body: {} };
const api = new LoopbackServer(async (_request, response) => {
  response.writeHead(answer.status, { 'content-type': 'application/json' });
  response.end(JSON.stringify(answer.body));
});

describe('events settle', () => {
  const here = useStage(async () => ({
    name: 'prod',
    clients: { sts },
    outputs: { cyberdeskApiUrl: await api.listen(0) },
  }));
  afterEach(() => api.close());
  let id: string;
  const call = (...argv: string[]) =>
    run(['events', 'settle', id, ...argv], { connect: async () => here.stage });
  const settle = (...argv: string[]) => call('--action', '1', ...argv, '--yes');

  beforeEach(async () => {
    await run(['api-key', 'set', '--yes'], { input: 'cd_key', connect: async () => here.stage });
    here.service.answer = { kind: 'failed', status: 422, isJson: true, mayHaveTakenEffect: false };
    id = await here.service.deliver();
    await here.service.work();
    here.service.answer = undefined;
    await makeUnknown(here.stage, id, { workflow_id: 'next' });
  });

  it('events settle --skip finishes the event without the action, and says who decided', async () => {
    const { code, out } = await settle('--skip');

    expect(out).toContain('action 1 is settled (skip it); the event is reopened');
    expect(code).toBe(0);
    await here.service.work();
    const event = await describeEvent(here.stage, id);
    expect(event).toMatchObject({
      state: 'processed',
      actions: [{ state: 'skipped', run_ids: [], decision: { kind: 'skip', by: ARN } }],
    });
    expect(event.timeline.find(({ step }) => step === 'decided')?.text).toBe(`${ARN} decided: skip it`);
    expect(here.service.created).toEqual([]);
  });

  it('events settle --start-again starts the run under a new key', async () => {
    const { key } = (await describeEvent(here.stage, id)).actions[0] ?? {};

    expect((await settle('--start-again')).code).toBe(0);

    await here.service.work();
    expect(here.service.created).toHaveLength(1);
    expect(here.service.created[0]?.key).not.toBe(key);
    expect(await describeEvent(here.stage, id)).toMatchObject({
      state: 'processed',
      actions: [{ state: 'done', run_ids: [here.service.created[0]?.id], round: 1 }],
    });
  });

  it('events settle --run takes the run as the result, once Cyberdesk shows that it is of that workflow', async () => {
    answer = { status: 200, body: { id: RUN, workflow_id: 'other' } };
    const refused = await settle('--run', RUN);
    expect(refused.out).toContain('belongs to a different workflow than action 1');
    expect(refused.code).toBe(1);

    answer = { status: 200, body: { id: RUN, workflow_id: 'next' } };
    expect((await settle('--run', RUN, '--json')).json()).toMatchObject({
      event_id: id,
      action: 1,
      outcome: 'settled',
      run_ids: [RUN],
      undecided: [],
      reopened: true,
    });

    await here.service.work();
    expect(await describeEvent(here.stage, id)).toMatchObject({
      state: 'processed',
      actions: [{ state: 'done', run_ids: [RUN], decision: { kind: 'run' } }],
    });
    expect(here.service.created).toEqual([]);
  });

  it('events settle refuses a run that belongs to another action', async () => {
    answer = { status: 200, body: { id: RUN, workflow_id: 'next' } };
    await settle('--run', RUN);
    await here.service.work();
    const first = id;
    here.service.answer = { kind: 'failed', status: 422, isJson: true, mayHaveTakenEffect: false };
    id = await here.service.deliver();
    await here.service.work();
    await makeUnknown(here.stage, id, { workflow_id: 'next' });

    const { code, out } = await settle('--run', RUN);

    expect(out).toContain(`run ${RUN} belongs to another action`);
    expect(code).toBe(1);
    expect((await describeEvent(here.stage, id)).state).toBe('failed');
    expect((await describeEvent(here.stage, first)).actions[0]?.run_ids).toEqual([RUN]);
  });

  it('events settle fails, and decides nothing, while Cyberdesk does not say what the run is', async () => {
    answer = { status: 422, body: {} };
    const { code, err } = await settle('--run', RUN);

    expect(err).toContain("Cyberdesk's API did not return that run (HTTP 422)");
    expect(code).toBe(2);
    expect((await describeEvent(here.stage, id)).actions[0]?.decision).toBeUndefined();
  });

  it.each([
    ['no choice', [], 'give one of'],
    ['two choices', ['--skip', '--start-again'], 'give one of'],
    ['a run id that is not a UUID', ['--run', 'x'], 'UUID'],
  ])('events settle with %s is a usage error', async (_, argv, text) => {
    const { code, err } = await settle(...argv);
    expect(err).toContain(text);
    expect(code).toBe(2);
  });

  it('events settle asks first in prod, and changes nothing unless it is confirmed', async () => {
    const { code, err } = await call('--action', '1', '--skip');

    expect(err).toContain(`skips action 1 of event ${id} in prod`);
    expect(code).toBe(2);
    expect((await queueDepths(here.stage)).queue.visible).toBe(0);
  });

  it('events settle says in one line why there is nothing to decide, and exits with 1', async () => {
    expect(await call('--action', '7', '--skip', '--yes')).toMatchObject({
      out: 'the event has no action 7, as its plan has 1 action\n',
      code: 1,
    });
    await settle('--skip');
    await here.service.work();
    expect(await settle('--skip')).toMatchObject({
      out: `event ${id} is processed, so there is nothing to decide\n`,
      code: 1,
    });
  });

  it('events settle waits for the other decisions before it reopens the event', async () => {
    here.service.rules = followUps({
      name: 'two',
      actions: () => [startRun({ workflow_id: 'next' }), startRun({ workflow_id: 'next' })],
    });
    here.service.answer = { kind: 'failed', status: 422, isJson: true, mayHaveTakenEffect: false };
    id = await here.service.deliver();
    await here.service.work();
    await makeUnknown(here.stage, id, { workflow_id: 'next' });

    expect((await settle('--skip')).out).toContain('reopened once action 2 is settled too');
    expect((await queueDepths(here.stage)).queue.visible).toBe(0);
    expect((await call('--action', '2', '--skip', '--yes')).out).toContain('the event is reopened');
    await here.service.work();
    expect((await describeEvent(here.stage, id)).state).toBe('processed');
  });
});

describe('an unknown outcome that needs a decision', () => {
  const here = useStage(() => ({ name: 'local' }));
  const call = (...argv: string[]) => run(argv, { connect: async () => here.stage });
  let id: string;
  beforeEach(async () => {
    here.service.answer = { kind: 'failed', status: 422, isJson: true, mayHaveTakenEffect: false };
    id = await here.service.deliver();
    await here.service.work();
    await makeUnknown(here.stage, id, { workflow_id: 'next' });
  });

  it('an unknown outcome is shown with the three calls that settle it', async () => {
    const { out } = await call('events', 'show', id);

    expect(out).toContain('action 1 needs a decision');
    for (const choice of ['--run RUN', '--start-again', '--skip'])
      expect(out).toContain(`events settle ${id} --action 1 ${choice}`);
  });

  it('dlq list and dlq redrive say that an unknown outcome needs a decision', async () => {
    expect((await call('dlq', 'list')).out).toContain('needs a decision');
    const { out } = await call('dlq', 'redrive', id);
    expect(out).toContain('1 redriven');
    expect(out).toMatch(/needs your decision: ".* events show /);
  });

  it('dlq redrive clears the dead letter of an event that was settled', async () => {
    await call('events', 'settle', id, '--action', '1', '--skip');
    await here.service.work();
    const { out } = await call('dlq', 'redrive', id);
    expect(out).toContain('1 cleared');
    expect(out).not.toContain('decision');
  });

  it('the doctor names an event that waits for a decision', async () => {
    expect(await checkDecisions(here.stage)).toMatchObject({
      state: 'problem',
      text: expect.stringContaining('unknown in 1 event;'),
    });
    await call('events', 'settle', id, '--action', '1', '--skip');
    await here.service.work();
    expect(await checkDecisions(here.stage)).toMatchObject({ state: 'ok' });
  });

  it('a local decision is by the user of this machine', async () => {
    await call('events', 'settle', id, '--action', '1', '--skip');
    const [action] = (await describeEvent(here.stage, id)).actions;
    expect(action?.decision?.by).toMatch(/./);
    expect(action?.decision?.by).not.toContain('arn:');
  });
});
