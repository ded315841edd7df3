import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { API_KEY, WORKFLOW } from '../cyberdesk/setup.ts';
import { adapterOf, api, BODY, keysSent, limit, useApi } from './use-api.ts';

/** Longer than any limit in these tests; the fake API ends the delay when it closes. */
const FOREVER = 3_600_000;

useApi();

describe('a possible effect of a call', () => {
  it('a possible effect of a call is reported when a later attempt is refused', async () => {
    const { cyberdesk } = adapterOf(api);
    api.faults.plant({ call: 'cyberdesk:*', do: 'drop', when: 'after' });
    api.faults.plant({ call: 'cyberdesk:*', do: 'fail', nth: 2, status: 422 });

    const outcome = await cyberdesk.createRun(BODY, 'k', limit());

    expect(outcome).toMatchObject({ kind: 'failed', status: 422, mayHaveTakenEffect: true });
    expect(api.state.effects.get('k')).toBe(1);
  });

  it.each(['a refusal', 'an absent key', 'an unreadable key'])(
    'a possible effect of a call is reported when the key changes and the call ends with %s',
    async (end) => {
      const next = { 'an absent key': undefined, 'an unreadable key': new Error('down') }[end];
      const { cyberdesk } = adapterOf(api, 'old', end === 'a refusal' ? 'new' : next);
      api.faults.plant({ call: 'cyberdesk:*', do: 'drop', when: 'after' });
      api.faults.plant({ call: 'cyberdesk:*', do: 'fail', nth: 2, status: 401 });
      api.faults.plant({ call: 'cyberdesk:*', do: 'fail', nth: 3, status: 422 });

      const outcome = await cyberdesk.createRun(BODY, 'k', limit());

      expect(outcome).toMatchObject({ kind: 'failed', mayHaveTakenEffect: true });
      expect(keysSent()).toEqual(end === 'a refusal' ? ['old', 'old', 'new'] : ['old', 'old']);
    },
  );

  it('a possible effect of a call is ruled out after a refusal alone', async () => {
    const { cyberdesk } = adapterOf(api);
    api.faults.plant({ call: 'cyberdesk:*', do: 'fail', status: 422 });

    expect(await cyberdesk.createRun(BODY, 'k', limit())).toMatchObject({ mayHaveTakenEffect: false });
  });
});

describe('an answer', () => {
  it('an answer passes on the delay of Retry-After', async () => {
    const { cyberdesk } = adapterOf(api);
    api.faults.plant({ call: 'cyberdesk:*', do: 'fail', status: 429, headers: { 'retry-after': '17' } });

    const outcome = await cyberdesk.createRun(BODY, 'k', limit());

    expect(outcome).toMatchObject({ kind: 'failed', status: 429, retryAfterMs: 17_000 });
    expect(api.state.requests).toHaveLength(1);
  });

  it.each([
    [{ 'idempotency-status': 'in_progress' }, true],
    [{}, false],
  ])(
    'the answer to a conflict says whether the first request is still running: %j',
    async (headers, inProgress) => {
      const { cyberdesk } = adapterOf(api);
      api.faults.plant({
        call: 'cyberdesk:*',
        do: 'fail',
        status: 409,
        headers: headers as Record<string, string>,
        times: 'always',
      });

      const outcome = await cyberdesk.createRun(BODY, 'k', limit());

      expect(outcome).toMatchObject({
        kind: 'failed',
        status: 409,
        inProgress,
        mayHaveTakenEffect: inProgress,
      });
    },
  );

  it('an answer about another run than the one asked for counts as no answer', async () => {
    const { cyberdesk } = adapterOf(api);
    const started = await cyberdesk.createRun(BODY, 'k', limit());
    const [id = ''] = started.kind === 'answered' ? started.value.runIds : [];

    expect(await cyberdesk.getRun(id, limit())).toMatchObject({
      kind: 'answered',
      value: { id },
    });
    for (const other of [
      { id: 'another', status: 'success' },
      { id: 'health', ok: true },
    ]) {
      api.faults.plant({ call: 'cyberdesk:*', do: 'fail', status: 200, body: other });
      expect(await cyberdesk.getRun(id, limit())).toEqual({
        kind: 'failed',
        status: 200,
        mayHaveTakenEffect: false,
      });
    }
  });

  it.each(['createRun', 'findRuns', 'getRun', 'getAttachment'] as const)(
    'an answer is awaited only until the limit (%s)',
    async (name) => {
      const { cyberdesk } = adapterOf(api);
      api.faults.plant({ call: 'cyberdesk:*', do: 'delay', ms: FOREVER, times: 'always' });
      const soon = { until: Date.now() + 300 };
      const calls = {
        createRun: () => cyberdesk.createRun(BODY, 'k', soon),
        findRuns: () => cyberdesk.findRuns({ workflowId: WORKFLOW }, soon),
        getRun: () => cyberdesk.getRun('r', soon),
        getAttachment: () => cyberdesk.getAttachment('a', 1, soon),
      };

      const outcome = await calls[name]();

      expect(outcome).toEqual({
        kind: 'failed',
        inProgress: false,
        mayHaveTakenEffect: name === 'createRun',
      });
      expect(api.state.requests).toHaveLength(1);
    },
    5_000,
  );

  it('an answer is not requested if the limit has passed while the key was read', async () => {
    vi.useFakeTimers({ toFake: ['Date'] });
    onTestFinished(() => void vi.useRealTimers());
    const until = Date.now() + 10_000;
    const { cyberdesk, asked } = adapterOf(api, () => {
      vi.setSystemTime(until);
      return API_KEY;
    });

    const outcome = await cyberdesk.createRun(BODY, 'k', { until });

    expect(outcome).toEqual({ kind: 'failed', inProgress: false, mayHaveTakenEffect: false });
    expect(asked()).toBe(1);
    expect(api.state.requests).toEqual([]);
  });
});

describe('the result of starting runs', () => {
  it('the result of starting runs contains the run ids, and the session id of a chain', async () => {
    const { cyberdesk } = adapterOf(api);
    const run = api.seedRun({ workflow_id: WORKFLOW, status: 'error' });
    const steps = [{ workflow_id: WORKFLOW }, { workflow_id: WORKFLOW }];

    const chain = await cyberdesk.createChain(JSON.stringify({ steps }), 'chain', limit());
    const retry = await cyberdesk.retryRun(run.id, '{}', 'retry', limit());

    const made = api.state.runs().filter(({ id }) => id !== run.id);
    expect(chain).toEqual({
      kind: 'answered',
      value: { runIds: made.map(({ id }) => id), sessionId: made[0]?.session_id },
    });
    expect(retry).toEqual({ kind: 'answered', value: { runIds: [run.id] } });
    expect(api.state.requests.map(({ headers }) => headers['idempotency-key'])).toEqual(['chain', 'retry']);
  });
});
