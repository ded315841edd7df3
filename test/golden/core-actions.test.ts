import { DAY, HOUR, MINUTE, runComplete, SECOND } from './support/core.ts';
import { noise } from './support/noise.ts';
import {
  ALLOWED_SECRET,
  announce,
  chain,
  largeStart,
  retry,
  startAgain,
  startNext,
  withReferences,
} from './support/rules.ts';
import { scenario } from './support/scenario.ts';

scenario('a start', [startNext], async (world) => {
  await world.deliver(runComplete());
  await world.process();
  await world.process();
});

scenario('a chain', [chain], async (world) => {
  await world.deliver(runComplete());
  await world.process();
});

scenario('a retry and its end', [retry], async (world) => {
  await world.deliver(runComplete({ status: 'error' }));
  await world.process();
  world.later(MINUTE);
  const again = { status: 'error', ended_at: '2026-11-25T10:00:50Z' };
  await world.deliver(runComplete(again, { event_id: 'event-2' }), 'msg_2');
  await world.process({ event: 'event-2' });
});

scenario('a retry of a run that was started by us', [startAgain], async (world) => {
  await world.deliver(runComplete());
  await world.process();
  world.setRules(retry);
  const failed = { id: 'started-1', workflow_id: 'workflow-next', status: 'error' };
  await world.deliver(runComplete(failed, { event_id: 'event-2' }), 'msg_2');
  await world.process({ event: 'event-2' });
});

scenario('announcements', [announce], async (world) => {
  await world.deliver(runComplete({ id: 'run/1 ü' }, { event_id: 'event-1' }));
  await world.deliver(runComplete({ status: 'task_failed' }, { event_id: 'event-2' }), 'msg_2');
  await world.process();
  await world.process({ event: 'event-2' });
});

scenario('rules that ask for nothing', [], async (world) => {
  await world.deliver(runComplete({ status: 'cancelled' }));
  await world.process();
});

scenario('several actions of several rules', [startNext, announce, startAgain], async (world) => {
  await world.deliver(runComplete());
  await world.process();
});

scenario('secrets and attachments', [withReferences], async (world) => {
  world.set({ sensitiveSecretArns: [ALLOWED_SECRET, 'arn:with-fields'] });
  world.setSecret(ALLOWED_SECRET, 'hunter2', 'version-1');
  world.setSecret('arn:with-fields', '{"user":"ann","password":"swordfish"}', 'version-7');
  world.answer('GET /v1/run-attachments/{id}', {
    kind: 'answered',
    value: { filename: 'report.txt', bytes: 6, content: Buffer.from('report') },
  });
  world.fail('POST /v1/runs', { status: 503, mayHaveTakenEffect: true });
  await world.deliver(runComplete({ output_attachment_ids: ['file-1', 'file-2'] }));
  await world.process();
  // The second attempt uses what the first has pinned.
  world.setSecret(ALLOWED_SECRET, 'a new one', 'version-2');
  world.answer('POST /v1/runs');
  world.later(6 * SECOND);
  await world.process();
});

scenario('a large plan', [largeStart, announce], async (world) => {
  world.fail('POST /v1/runs', { status: 503 });
  await world.deliver(runComplete());
  await world.process();
  world.answer('POST /v1/runs');
  world.later(HOUR);
  await world.process();
});

scenario('a large body and a large plan that wait for months', [largeStart], async (world) => {
  world.fail('POST /v1/runs', { status: 401 });
  await world.deliver(runComplete({ main_prompt: noise(10_000) }));
  await world.process();
  world.later(65 * DAY);
  await world.process();
  world.answer('POST /v1/runs');
  world.later(HOUR);
  await world.process();
});

scenario('a follow-up of a follow-up', [startAgain], async (world) => {
  await world.deliver(runComplete());
  await world.process();
  const next = { id: 'started-1', workflow_id: 'workflow-next', ended_at: '2026-11-25T10:05:00Z' };
  world.later(5 * MINUTE);
  await world.deliver(runComplete(next, { event_id: 'event-2' }), 'msg_2');
  await world.process({ event: 'event-2' });
});

scenario('two events of one completion', [startNext], async (world) => {
  await world.deliver(runComplete());
  await world.deliver(runComplete({}, { event_id: 'event-2' }), 'msg_2');
  await world.process();
  await world.process({ event: 'event-2' });
});

scenario('events without an end', [startNext], async (world) => {
  world.addRun({
    id: 'run-1',
    workflow_id: 'workflow-first',
    status: 'success',
    created_at: '2026-11-25T09:00:00Z',
    ended_at: '2026-11-25T09:59:00Z',
  } as never);
  await world.deliver(runComplete({ ended_at: null }));
  await world.process();
  await world.deliver(runComplete({ id: 'run-2', ended_at: null }, { event_id: 'event-2' }), 'msg_2');
  await world.process({ event: 'event-2' });
  world.later(70 * SECOND);
  await world.process({ event: 'event-2' });
});
