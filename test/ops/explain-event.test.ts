import { expect, it } from 'vitest';
import type { CallFailure } from '../../lambda/core/model/index.ts';
import type { AnyRule } from '../../lambda/rules/index.ts';
import { describeEvent } from '../../ops/events/detail.ts';
import type { ActionView } from '../../ops/events/summary.ts';
import { timeline } from '../../ops/events/timeline.ts';
import { decisions, describeAction } from '../../ops/events/timeline-outcomes.ts';
import { eventItem } from '../core/support/items.ts';
import { START } from '../core/support/system.ts';
import { useStage } from './support/use-stage.ts';

const here = useStage();

const failing = (failure: Partial<CallFailure>): CallFailure => ({
  kind: 'failed',
  isJson: true,
  mayHaveTakenEffect: false,
  ...failure,
});

/** The timeline of an event that has been processed once by these rules. */
async function explained(...rules: AnyRule[]): Promise<string> {
  if (rules.length > 0) here.service.rules = { rules };
  const id = await here.service.deliver();
  await here.service.work();
  const { timeline: entries } = await describeEvent(here.stage, id);
  return entries.map(({ text }) => text).join('\n');
}

it('an event whose rule threw names the rule, the class of the error and where it was thrown', async () => {
  const text = await explained({
    name: 'broken',
    actions: () => {
      throw new RangeError('PAYLOAD-VALUE');
    },
  });

  expect(text).toMatch(/rule "broken" threw RangeError at ops\/explain-event\.test\.ts:\d+:\d+/);
  expect(text).not.toContain('PAYLOAD-VALUE');
});

it('an event says which rules did not apply and why, and which asked for nothing', async () => {
  const text = await explained(
    { name: 'silent', actions: () => [] },
    { name: 'errors', status: 'error', actions: () => [] },
    { name: 'other', workflow: 'another', actions: () => [] },
  );

  expect(text).toContain('the rules asked for nothing');
  expect(text).toContain('rules that apply, and returned no action: silent');
  expect(text).toContain('rules that do not apply: errors (status), other (workflow)');
});

it('an event that a call of Cyberdesk refused names the field that the API named', async () => {
  here.service.answer = failing({ status: 422, field: 'input_values.total' });

  expect(await explained()).toContain('HTTP 422, field input_values.total: refused');
});

it.each([
  [{ status: 503 }, 'will be retried after 1 failed attempt; the last attempt failed: HTTP 503'],
  [{}, 'the last attempt failed: the API did not respond'],
  [
    { status: 201 },
    'the last attempt failed: the API answered 201 with something that is not what it documents',
  ],
  [{ status: 999 }, 'the last attempt failed: HTTP 999'],
  [{ incomplete: true }, 'the last attempt failed: the list of runs could not be shown to be complete'],
  [{ unclear: true }, 'the last attempt failed: a run in the list may be its own'],
  [{ notAsked: true }, 'the last attempt failed: a secret could not be read'],
])('an event that waits says why its last attempt failed: %o', async (failure, words) => {
  here.service.answer = failing(failure);

  expect(await explained()).toContain(words);
});

it.each([
  [{ status: 429 }, 'the API throttles calls (HTTP 429)'],
  [{ keyNotSet: true }, 'the API key is not set, is not a key, or may not be read'],
])('an event that waits in a pause names its cause: %o', async (failure, words) => {
  here.service.answer = failing(failure);
  await explained();

  expect(await explained()).toContain(`calls to Cyberdesk are paused until then: ${words}`);
});

it('an event whose call met a conflict says that it waits for a lookup, and why', async () => {
  here.service.answer = failing({ status: 409 });

  expect(await explained()).toContain('waits for a lookup; an attempt was answered HTTP 409');
});

const unknown: ActionView = {
  rule: 'follow',
  position: 0,
  kind: 'startRun',
  state: 'failed',
  round: 0,
  key: 'k',
  tries: 33,
  run_ids: [],
  adopted: false,
  reason: 'outcome_unknown',
  last_failure: { kind: 'unclear_run', at: new Date(START).toISOString() },
  followed_by: [],
};

it('an outcome that stays unknown shows how a later attempt was answered, and why the list decides nothing', () => {
  const last = '; the last attempt failed: a run in the list may be its own';
  const said = (status?: number) =>
    describeAction({ ...unknown, ...(status !== undefined && { http_status: status }) }).text;

  expect(said()).toMatch(/^follow #1 startRun: failed after 33 failed attempts: outcome_unknown: /);
  expect(said()).toContain(last);
  expect(said(422)).toContain(`; a later attempt was answered HTTP 422${last}`);
  expect(said(409)).toContain(`; an attempt was answered HTTP 409${last}`);
  expect(describeAction({ ...unknown, reason: 'refused', http_status: 422 }).text).not.toContain(
    'attempt was',
  );
});

it.each([
  ['startRun', 'which looks for its run at Cyberdesk first, or name that run, start it again or skip it'],
  ['retryRun', 'which looks for its run at Cyberdesk first, or name that run, start it again or skip it'],
  ['notify', 'which carries it out again, or skip it'],
  ['deliver', 'which carries it out again, or skip it'],
] as const)(
  'what may have been done before a restore can be decided in the ways that %s has',
  (kind, ways) => {
    const [said] = decisions({ ...unknown, kind, reason: 'restored' }, 2, true);

    expect(said?.text).toMatch(new RegExp(`^action 2 may .* redrive its event, ${ways}$`));
  },
);

it('an event that no worker has begun may have lost its message only if no pause explains it', () => {
  const facts = { event: eventItem(), completion: undefined, actions: [], startedBy: undefined };
  const steps = (pause: { until: number } | undefined) =>
    timeline({ ...facts, pause, acts: [] }, START + 10 * 60_000).map(({ step }) => step);

  expect(steps(undefined)).toContain('overdue');
  expect(steps({ until: START + 9 * 60_000 })).toContain('overdue');
  expect(steps({ until: START + 11 * 60_000 })).not.toContain('overdue');
});

it('an event whose run Cyberdesk does not name the end of shows the last failed try, and no lost message', async () => {
  here.service.getRunFails = failing({ status: 500 });
  const id = await here.service.deliver({ run: { ended_at: null } });
  await here.service.work();
  const { timeline: entries, identification, progress } = await describeEvent(here.stage, id);

  const steps = entries.map(({ step }) => step);
  expect(steps.slice(0, 4)).toEqual(['received', 'queued', 'unidentified', 'waiting']);
  expect(steps).not.toContain('overdue');
  expect(entries[2]).toMatchObject({
    tone: 'pending',
    text: 'Cyberdesk did not say when the run ended: HTTP 500 (1 failed attempt)',
  });
  expect(progress).toBe('processing');
  expect(identification).toEqual({
    tries: 1,
    last_failure: { kind: 'answered', status: 500, at: expect.stringMatching(/^\d{4}-.*Z$/) },
    not_before: expect.stringMatching(/^\d{4}-.*Z$/),
  });
});

it('an event that failed because Cyberdesk never named the end of its run says so', () => {
  const unidentified = {
    tries: 33,
    delayed: 24 * 3_600_000,
    last_failure: { kind: 'answered' as const, status: 500, at: START },
    round: 0,
  };
  const event = eventItem({ state: 'failed', reason: 'exhausted', failure: 1, unidentified });
  const facts = {
    event,
    completion: undefined,
    actions: [],
    startedBy: undefined,
    pause: undefined,
    acts: [],
  };

  expect(timeline(facts).find(({ step }) => step === 'unidentified')).toMatchObject({
    tone: 'bad',
    text: 'Cyberdesk did not say when the run ended: HTTP 500 (33 failed attempts)',
  });
});
