import { beforeEach, describe, expect, it } from 'vitest';
import { VERIFICATION_LINEAGE, verificationMark } from '../../../lambda/core/model/index.ts';
import { MINUTE } from '../../../lambda/core/model/time.ts';
import { readWebhook } from '../../../lambda/core/receive/read-webhook.ts';
import { lineageItem } from '../support/items.ts';
import {
  action,
  completion,
  createRunCalls,
  event,
  loseResponse,
  processEvent,
  setUp,
  world,
} from '../support/scenario.ts';
import { createdRun, startNext } from '../support/webhooks.ts';

const mark = () => world.model.force(lineageItem('run-1', VERIFICATION_LINEAGE));

beforeEach(() => setUp(startNext));

describe('a run of verify-api that is marked by its lineage', () => {
  it.each([1, 2])(
    'a run of verify-api is ignored whose event is received for the %i. time',
    async (receives) => {
      mark();

      expect(await processEvent({}, receives)).toEqual({ kind: 'acknowledge', outcome: 'ignored' });
      expect(event()).toMatchObject({ state: 'ignored', reason: 'verification' });
      expect(event()).not.toHaveProperty('open');
      expect(completion()).toMatchObject({ done: true, actions: [] });
      expect(createRunCalls()).toEqual([]);
    },
  );

  it('a run of verify-api starts nothing when its event is replanned', async () => {
    mark();
    await processEvent();

    expect(await processEvent({ reopen: 1 })).toEqual({ kind: 'acknowledge', outcome: 'finished_before' });
    expect(createRunCalls()).toEqual([]);
  });

  it('a run of verify-api that was marked too late keeps what the rules have asked for', async () => {
    await loseResponse();
    mark();
    world.later(5 * 1000);

    expect(await processEvent()).toMatchObject({ outcome: 'processed' });
    expect(action().result?.run_ids).toEqual(['started-1']);
  });

  it('a run of verify-api is not adopted by an action that lost an answer', async () => {
    await loseResponse();
    world.cyberdesk.runs = [createdRun('trial')];
    world.model.force(lineageItem('trial', VERIFICATION_LINEAGE));
    world.later(2 * MINUTE);

    await processEvent();

    expect(action().result?.run_ids).toEqual(['started-1']);
  });
});

describe('a run of verify-api that is marked by an input', () => {
  const judge = (run: Record<string, unknown>) =>
    readWebhook({ run: { id: 'run-1', workflow_id: 'w', status: 'success', ...run } });

  it('a run with the mark of verify-api in an input is ignored on arrival', () => {
    const input_values = { patient: 1, started_by: verificationMark('some-id') };

    expect(judge({ input_values })).toMatchObject({ kind: 'ignored', reason: 'verification' });
    expect(judge({ input_values, status: 'running' })).toMatchObject({ reason: 'not_terminal' });
  });

  it.each([
    [null],
    ['cyberdesk-webhooks:verify-api:x'],
    [{ a: 'some cyberdesk-webhooks:verify-api:x' }],
    [{ a: { b: 'cyberdesk-webhooks:verify-api:x' } }],
    [[1]],
  ])('a run without the mark of verify-api as a whole input is acted on: %j', (input_values) => {
    expect(judge({ input_values })).toMatchObject({ kind: 'actionable' });
  });
});
