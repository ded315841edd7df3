import { expect, it } from 'vitest';
import { startRun } from '../../../lambda/rules/index.ts';
import { callFailure } from '../support/cyberdesk.ts';
import { event, processEvent, setUp, world } from '../support/scenario.ts';

const ACTIONS = 5;

/** One webhook whose every start fails, whatever is asked besides. */
async function setUpPoison(): Promise<void> {
  const workflow = (n: number) => `11111111-1111-4111-8111-${String(n).padStart(12, '0')}`;
  const starts = Array.from({ length: ACTIONS }, (_, n) => startRun({ workflow_id: workflow(n) }));
  await setUp({ name: 'fan-out', actions: () => starts });
  world.cyberdesk.answers.createRun = () => callFailure({ status: 500 });
}

it('one event whose every action fails delays only itself while the API answers a read', async () => {
  await setUpPoison();

  for (let receives = 1; receives < 500; receives += 1) {
    const verdict = await processEvent({}, receives);
    expect(world.model.pause()?.until ?? 0).toBe(0);
    if (verdict.kind === 'acknowledge') break;
    world.later(Math.max(0, verdict.until - world.system.time));
  }

  expect(event()).toMatchObject({ state: 'failed' });
  expect(world.counted).not.toContain('CyberdeskPaused');
});

it('one event whose every action fails pauses all calls if a read fails as well', async () => {
  await setUpPoison();
  world.cyberdesk.answers.ping = () => callFailure({ status: 500 });

  await processEvent({}, 1);

  expect(world.counted).toContain('CyberdeskPaused');
});
