import { createdRun, DAY, HOUR, MINUTE, runComplete, SECOND } from './support/core.ts';
import { noise } from './support/noise.ts';
import {
  ALLOWED_SECRET,
  announce,
  largeStart,
  misplaced,
  OTHER_SECRET,
  startAgain,
  startNext,
  throwing,
  withAttachments,
  withSecret,
} from './support/rules.ts';
import { scenario } from './support/scenario.ts';

scenario('a refusal beside what succeeds', [startNext, announce], async (world) => {
  world.fail('POST /v1/runs', { status: 422 });
  await world.deliver(runComplete());
  await world.process();
});

scenario('a rule that throws', [startNext, throwing], async (world) => {
  await world.deliver(runComplete());
  await world.process();
});

scenario('a secret in the wrong place', [misplaced], async (world) => {
  await world.deliver(runComplete());
  await world.process();
});

scenario('a plan that is too deep', [startAgain], async (world) => {
  world.set({ maxFollowUpDepth: 1 });
  await world.deliver(runComplete());
  await world.process();
  await world.deliver(runComplete({ id: 'started-1' }, { event_id: 'event-2' }), 'msg_2');
  await world.process({ event: 'event-2' });
});

scenario('a secret that is not allowed', [withSecret(OTHER_SECRET)], async (world) => {
  await world.deliver(runComplete());
  await world.process();
});

scenario('a secret that is missing', [withSecret(ALLOWED_SECRET, 'password')], async (world) => {
  await world.deliver(runComplete());
  await world.process();
});

scenario('an attachment that is missing', [withAttachments], async (world) => {
  await world.deliver(runComplete({ output_attachment_ids: ['file-1'] }));
  await world.process();
});

scenario('an attachment that is too large', [withAttachments], async (world) => {
  world.answer('GET /v1/run-attachments/{id}', {
    kind: 'answered',
    value: { filename: 'large.bin', bytes: 10 * 1024 * 1024 + 1 },
  });
  await world.deliver(runComplete({ output_attachment_ids: ['file-1'] }));
  await world.process();
});

scenario('a body that is lost', [startNext], async (world) => {
  await world.deliver(runComplete({ main_prompt: noise(10_000) }));
  world.losePieces();
  await world.process();
});

scenario('a body of a plan that is lost', [largeStart], async (world) => {
  world.fail('POST /v1/runs', { mayHaveTakenEffect: true });
  await world.deliver(runComplete());
  await world.process();
  world.losePieces();
  world.later(MINUTE);
  await world.process();
});

scenario('an outcome that stays unknown', [startNext], async (world) => {
  world.fail('POST /v1/runs', { mayHaveTakenEffect: true });
  await world.deliver(runComplete());
  await world.process();
  world.addRun(createdRun('equal-1', world.now()));
  world.addRun(createdRun('equal-2', world.now()));
  world.later(HOUR);
  await world.process();
});

scenario('a key that someone else has used', [startNext], async (world) => {
  world.fail('POST /v1/runs', { status: 409 });
  await world.deliver(runComplete());
  await world.process();
  world.later(2 * MINUTE);
  await world.process();
});

scenario('tries that are used up', [startNext], async (world) => {
  world.fail('POST /v1/runs', { status: 403 });
  await world.deliver(runComplete());
  for (let tries = 1; tries < 34; tries += 1) {
    await world.process();
    world.later(HOUR + MINUTE);
  }
  // All before was the same again and again.
  world.forgetSteps();
  await world.process();
  world.later(HOUR + MINUTE);
  await world.process();
});

scenario('announcements that fail', [announce], async (world) => {
  world.breakTopics();
  await world.deliver(runComplete());
  await world.process();
  world.later(5 * SECOND);
  await world.process();
});

scenario('workers that crash', [startNext], async (world) => {
  world.die('POST /v1/runs', 'out of memory');
  await world.deliver(runComplete());
  for (let receives = 1; receives <= 6; receives += 1) {
    await world.process({}, receives);
    world.later(DAY / 24 + 1);
  }
});

scenario('a message that has come before without leaving a plan', [startNext], async (world) => {
  await world.deliver(runComplete());
  await world.process({}, 2);
});
