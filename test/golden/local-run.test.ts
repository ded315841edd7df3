import { afterAll, beforeAll, expect, it } from 'vitest';
import { expectGolden } from './support/expect-golden.ts';
import { GoldenRun } from './support/local-run.ts';
import { noise } from './support/noise.ts';

/** The documents of `/_local/…` for every state of an event. The tests build on each other: one run serves all. */

let run: GoldenRun;
beforeAll(async () => {
  run = await GoldenRun.start();
});
afterAll(() => run?.stop());

/** How each event ends, by its name. */
const ended: Record<string, string> = {};
const answers: Record<string, unknown> = {};

/** Delivers, notes the answer, and waits for the event's end. */
async function finish(name: string, payload: unknown, id: string): Promise<void> {
  answers[name] = await run.send(payload, { id: `msg_${name.replaceAll(' ', '-')}` });
  await run.finished(id);
  ended[name] = id;
}

async function showEnded(): Promise<void> {
  for (const [name, id] of Object.entries(ended)) {
    expectGolden(
      `local/event-${name.replaceAll(' ', '-')}`,
      await run.shown(`events/${encodeURIComponent(id)}`),
    );
    delete ended[name];
  }
}

it('the documents of a local run without events match the recorded ones', async () => {
  await run.waitForHealth();
  expectGolden('local/start', {
    health: await run.shown('health'),
    queues: await run.shown('queues'),
    events: await run.shown('events'),
  });
});

it('the documents of the verbs that go all the way match the recorded ones', async () => {
  expectGolden('local/verbs', {
    send: await run.verb(['send']),
    'send, not JSON': await run.verb(['send', '--file', '-'], 'not JSON'),
    doctor: await run.verb(['doctor']),
  });
});

it('the documents of processed events match the recorded ones, whatever was done for them', async () => {
  for (const does of ['start', 'chain', 'retry', 'files', 'sensitive', 'large', 'nothing']) {
    const webhook = run.webhook(does, does, does === 'large' ? { main_prompt: noise(20_000) } : {});
    await finish(does, webhook, webhook.event_id);
  }
  const endless = run.webhook('without an end', 'start', { ended_at: null });
  await finish('without an end', endless, endless.event_id);
  await showEnded();
});

it('the documents of duplicates match the recorded ones', async () => {
  const first = run.webhook('first', 'start');
  await finish('first', first, first.event_id);
  answers['delivered again'] = await run.send(first);
  const twin = { ...first, event_id: '11111111-2222-4333-8444-555555555555' };
  run.names.set(twin.event_id, 'event "twin"');
  await finish('twin', twin, twin.event_id);
  await showEnded();
});

it('the documents of events that start nothing match the recorded ones', async () => {
  const running = run.webhook('not terminal', 'start', { status: 'running' });
  await finish('not terminal', running, running.event_id);
  const other = { ...run.webhook('another type', 'start'), event_type: 'run_started' };
  await finish('another type', other, other.event_id);
  await finish('no JSON', 'no JSON', 'msg_no-JSON');
  await finish('missing fields', { event_type: 'run_complete', run: {} }, 'msg_missing-fields');
  await showEnded();
});

it('the document of a failed event matches the recorded one', async () => {
  run.answerStart({ status: 422 });
  const refused = run.webhook('refused', 'start');
  await finish('refused', refused, refused.event_id);
  await showEnded();
});

it('the documents of unfinished events match the recorded ones', async () => {
  run.killAfterStart();
  const begun = run.webhook('begun', 'start');
  answers.begun = await run.send(begun, { id: 'msg_begun' });
  await run.waitFor(begun.event_id, ({ actions }) => actions?.[0]?.state === 'begun');
  run.answerStart({ status: 429, headers: { 'retry-after': '600' } }, 'always');
  const throttled = run.webhook('throttled', 'start');
  answers.throttled = await run.send(throttled, { id: 'msg_throttled' });
  await run.waitFor(throttled.event_id, ({ not_before }) => typeof not_before === 'number');
  await run.waitForQueue(2);
  for (const { event_id } of [begun, throttled]) {
    const name = event_id === begun.event_id ? 'begun' : 'throttled';
    expectGolden(`local/event-${name}`, await run.shown(`events/${event_id}`));
  }
});

it('the answers of the endpoint and the documents of the local run match the recorded ones', async () => {
  answers['a bad signature'] = await run.send('{}', { sent: '{"changed":true}' });
  answers['another method'] = await run.send('{}', { method: 'PUT', id: 'msg_another-method' });
  expect(Object.keys(answers).length).toBeGreaterThan(15);
  expectGolden('local/answers', answers);
  await run.waitForHealth();
  expectGolden('local/end', {
    health: await run.shown('health'),
    queues: await run.shown('queues'),
    events: await run.shown('events'),
    published: await run.shown('published'),
  });
});
