import { createdRun, HOUR, MINUTE, runComplete, SECOND } from './support/core.ts';
import { announce, chain, retry, startAgain, startNext, throwing } from './support/rules.ts';
import { scenario } from './support/scenario.ts';

scenario('a refused start that is redriven', [startNext, announce], async (world) => {
  world.fail('POST /v1/runs', { status: 422 });
  await world.deliver(runComplete());
  await world.process();
  world.answer('POST /v1/runs');
  world.later(HOUR);
  await world.process({ reopen: 1 });
  // A stray copy opens nothing.
  await world.process({ reopen: 1 });
});

scenario('a rule that is repaired and redriven', [throwing], async (world) => {
  await world.deliver(runComplete());
  await world.process();
  world.setRules(startNext);
  world.later(HOUR);
  await world.process({ reopen: 1 });
});

scenario('a processed event that is replanned', [startNext], async (world) => {
  await world.deliver(runComplete());
  await world.process();
  world.setRules(startNext, startAgain, announce);
  world.later(HOUR);
  await world.process({ reopen: 1 });
  world.later(HOUR);
  await world.process({ reopen: 2 });
});

scenario('a lost response whose key is known', [startNext], async (world) => {
  world.fail('POST /v1/runs', { mayHaveTakenEffect: true });
  await world.deliver(runComplete());
  await world.process();
  world.answer('POST /v1/runs');
  world.later(6 * SECOND);
  await world.process();
});

scenario('a start that is adopted after its response was lost', [startNext], async (world) => {
  world.fail('POST /v1/runs', { mayHaveTakenEffect: true });
  await world.deliver(runComplete());
  await world.process();
  world.addRun(createdRun('found-1', world.now()));
  world.later(50 * SECOND);
  await world.process();
  world.later(65 * SECOND);
  await world.process();
});

scenario('a chain that is adopted after its response was lost', [chain], async (world) => {
  world.fail('POST /v1/runs/chain', { mayHaveTakenEffect: true });
  await world.deliver(runComplete());
  await world.process();
  const session = { session_id: 'session-1' };
  const summary = 'three invoices filed';
  world.addRun(createdRun('found-1', world.now(), { ...session, input_values: { summary, step: 1 } }));
  world.addRun(
    createdRun('found-2', world.now() + 1, {
      ...session,
      workflow_id: 'workflow-other',
      input_values: { summary, step: 2 },
    }),
  );
  world.later(5 * MINUTE);
  await world.process();
});

scenario('a retry that is found after its response was lost', [retry], async (world) => {
  world.fail('POST /v1/runs/{id}/retry', { mayHaveTakenEffect: true });
  await world.deliver(runComplete({ status: 'error' }));
  await world.process();
  world.addRun(createdRun('run-1', world.now(), { workflow_id: 'workflow-first', status: 'running' }));
  world.later(5 * MINUTE);
  await world.process();
});

scenario('a start that finds nothing and is sent anew', [startNext], async (world) => {
  world.fail('POST /v1/runs', { status: 500, mayHaveTakenEffect: true });
  await world.deliver(runComplete());
  await world.process();
  world.answer('POST /v1/runs');
  world.later(5 * MINUTE);
  await world.process();
});

scenario('a worker that crashes once', [startNext], async (world) => {
  world.die('POST /v1/runs', 'out of memory');
  await world.deliver(runComplete());
  await world.process();
  world.answer('POST /v1/runs');
  world.later(10 * SECOND);
  await world.process({}, 2);
  world.later(MINUTE);
  await world.process({}, 3);
  world.later(2 * MINUTE);
  await world.process({}, 4);
});

scenario('a pause after throttling', [startNext], async (world) => {
  world.fail('POST /v1/runs', { status: 429, retryAfterMs: 20 * SECOND });
  world.setRandom(0.5);
  await world.deliver(runComplete());
  await world.deliver(runComplete({ id: 'run-2' }, { event_id: 'event-2' }), 'msg_2');
  await world.process();
  world.later(SECOND);
  await world.process({ event: 'event-2' });
  // A probe that is throttled too prolongs it; one that is answered ends it.
  world.later(30 * SECOND);
  await world.process();
  world.answer('POST /v1/runs');
  world.later(HOUR);
  await world.process();
  await world.process({ event: 'event-2' });
});

scenario('a pause after an outage', [startNext], async (world) => {
  world.fail('POST /v1/runs', { status: 502 });
  for (const number of [1, 2, 3]) {
    await world.deliver(
      runComplete({ id: `run-${number}` }, { event_id: `event-${number}` }),
      `msg_${number}`,
    );
    await world.process({ event: `event-${number}` });
  }
  world.answer('POST /v1/runs');
  // A read opens the gate; the answered write ends the streak.
  world.later(MINUTE);
  await world.process({ event: 'event-3' });
  world.later(MINUTE);
  await world.process({ event: 'event-3' });
});

scenario('an API key that is not set', [startNext], async (world) => {
  world.fail('POST /v1/runs', { keyNotSet: true });
  await world.deliver(runComplete());
  await world.process();
  world.fail('POST /v1/runs', { notAsked: true });
  world.later(MINUTE);
  await world.process();
});

scenario('unknown outcomes that a person decides', [chain, startNext, startAgain], async (world) => {
  world.fail('POST /v1/runs', { status: 409 });
  world.fail('POST /v1/runs/chain', { status: 409 });
  await world.deliver(runComplete());
  await world.process();
  world.later(2 * MINUTE);
  await world.process();
  // All before is that of an outcome that stays unknown.
  world.forgetSteps();
  world.addRun(createdRun('found-1', world.now()));
  await world.settle({ kind: 'skip' }, 0);
  await world.settle({ kind: 'run', runId: 'found-1' }, 1);
  await world.settle({ kind: 'start_again' }, 2);
  world.answer('POST /v1/runs');
  await world.process({ reopen: 1 });
});
