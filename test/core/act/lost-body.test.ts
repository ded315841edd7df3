import { beforeEach, expect, it } from 'vitest';
import { pieceKey } from '../../../lambda/core/model/index.ts';
import { SECOND } from '../../../lambda/core/model/time.ts';
import { startRun } from '../../../lambda/rules/index.ts';
import {
  action,
  createRunCalls,
  event,
  failCall,
  loseResponse,
  processEvent,
  setUp,
  world,
} from '../support/scenario.ts';

beforeEach(() =>
  setUp({
    name: 'large',
    actions: () => startRun({ workflow_id: 'w', input_values: { text: 'long '.repeat(20_000) } }),
  }),
);

/** Someone deletes the body of the action, which is stored beside its completion. */
function loseBody(): void {
  world.model.remove(pieceKey(action().body_ref?.sha256 ?? '', 0, 'plan'));
  world.later(6 * SECOND);
}

it('an action whose body is lost before anything was sent fails for that reason', async () => {
  failCall('createRun', { status: 401 });
  await processEvent();
  loseBody();

  expect(await processEvent({}, 2)).toMatchObject({ outcome: 'failed' });
  expect(event()).toMatchObject({ state: 'failed', reason: 'body_lost' });
});

it('an action whose body is lost after a lost response has an unknown outcome', async () => {
  await loseResponse();
  loseBody();

  expect(await processEvent({}, 2)).toMatchObject({ outcome: 'failed' });
  expect(event()).toMatchObject({ state: 'failed', reason: 'outcome_unknown' });
  expect(createRunCalls()).toHaveLength(1);
});
