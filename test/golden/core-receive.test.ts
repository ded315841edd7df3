import { HOUR, MINUTE, runComplete } from './support/core.ts';
import { noise } from './support/noise.ts';
import { startNext } from './support/rules.ts';
import { scenario } from './support/scenario.ts';

scenario('an accepted webhook', [], async (world) => {
  world.setRandom(0.7);
  await world.deliver(runComplete());
});

scenario('a webhook with a large body', [], async (world) => {
  await world.deliver(runComplete({ main_prompt: noise(600_000) }));
});

scenario('webhooks that are ignored', [], async (world) => {
  await world.deliver(runComplete({}, { event_id: 'event-1', event_type: 'run_started' }));
  await world.deliver(runComplete({ status: 'running' }, { event_id: 'event-2' }));
  await world.deliver(runComplete({ status: 'paused' }, { event_id: 'event-3' }));
});

scenario('webhooks that cannot be processed', [], async (world) => {
  await world.deliver(Buffer.from('no JSON'), 'msg_1');
  await world.deliver({ event_id: 'event-2', event_type: 'run_complete', run: { id: 'run-2' } });
  await world.deliver({ some: 'thing' }, 'msg 3, which is not printable\u0000');
});

scenario('a webhook that is delivered again', [], async (world) => {
  await world.deliver(runComplete());
  world.later(MINUTE);
  await world.deliver(runComplete(), 'msg_2');
  await world.process();
  await world.deliver(runComplete(), 'msg_3');
});

scenario('different webhooks under one event id', [], async (world) => {
  await world.deliver(runComplete(), 'msg_1');
  await world.deliver(runComplete({ id: 'run-2' }), 'msg_2');
  await world.deliver(runComplete({ id: 'run-3' }), 'msg_2');
  await world.deliver(runComplete({ id: 'run-4' }), 'msg 4');
});

scenario('an event whose message was lost', [startNext], async (world) => {
  await world.deliver(runComplete());
  world.later(30 * MINUTE);
  await world.sweep();
  world.later(HOUR);
  await world.sweep();
  world.later(30 * MINUTE);
  await world.sweep();
  await world.process();
});

scenario('messages that are not of an event', [], async (world) => {
  await world.process('no JSON');
  await world.process('{"v":1}');
  await world.process({ event: 'event-of-nobody' });
  await world.process({ v: 2, event: 'event-1' });
});
