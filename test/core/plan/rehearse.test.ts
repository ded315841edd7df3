import { expect, it } from 'vitest';
import { type Question, rehearse } from '../../../lambda/core/plan/rehearse.ts';
import {
  followUps,
  notify,
  publish,
  type RuleDefinition,
  secret,
  startRun,
} from '../../../lambda/rules/index.ts';
import { runComplete } from '../support/webhooks.ts';

const question = (more: Partial<Question> = {}): Question => ({
  event: { event_id: 'event-1', type: 'run_complete' },
  body: runComplete().toString(),
  depth: 1,
  retries: 2,
  stage: 'prod',
  workflowIds: { next: 'workflow-next' },
  maxFollowUpDepth: 3,
  ...more,
});

const ask = (rules: RuleDefinition[], more: Partial<Question> = {}) =>
  rehearse(followUps(...rules), question(more));

const next: RuleDefinition = {
  name: 'next',
  actions: ({ workflowIds }) => startRun({ workflow_id: String(workflowIds.next) }),
};
const broken: RuleDefinition = { name: 'broken', actions: () => JSON.parse('{') };
const started = {
  rule: 'next',
  kind: 'planned',
  actions: [{ kind: 'startRun', body: '{"workflow_id":"workflow-next"}' }],
};

it('rules that are asked again answer by rule, and a rule without actions does not answer', () => {
  const both: RuleDefinition = { name: 'both', actions: () => [notify(), publish()] };

  expect(ask([{ name: 'idle', actions: () => [] }, next, both])).toMatchObject([
    started,
    { rule: 'both', actions: [{ kind: 'notify' }, { kind: 'publish' }] },
  ]);
});

it('where one of the rules throws, the event fails as in the processor, and no other rule answers', () => {
  expect(ask([next, broken, { ...broken, name: 'later' }])).toEqual([
    { rule: 'broken', kind: 'failed', reason: 'rule_threw' },
  ]);
});

it('rules that are asked apart answer each for itself', () => {
  expect(ask([broken, next], { apart: true })).toMatchObject([{ rule: 'broken', kind: 'failed' }, started]);
});

it('a plan that the processor could not take over fails because of the rule with which it is too much', () => {
  const many = (name: string, count: number): RuleDefinition => ({
    name,
    actions: () => Array.from({ length: count }, () => notify()),
  });

  expect(ask([many('a', 150), many('b', 50), many('c', 1), many('d', 190)])).toEqual([
    { rule: 'c', kind: 'failed', reason: 'too_many_actions' },
  ]);
  expect(ask([many('a', 200)])).toMatchObject([{ rule: 'a', kind: 'planned' }]);
});

it('rules that are asked again see the event as it was', () => {
  const seen: unknown[] = [];
  const rule: RuleDefinition = {
    name: 'seen',
    actions: ({ run, event_id, depth, retries, stage }) => {
      seen.push(run.id, event_id, depth, retries, stage);
      return [];
    },
  };
  ask([rule]);

  expect(seen).toEqual(['run-1', 'event-1', 1, 2, 'prod']);
});

it('an answer has placeholders and the input to correlate where the action has them, and no key', () => {
  const start: RuleDefinition = {
    name: 'start',
    actions: () =>
      startRun({ workflow_id: 'w', sensitive_input_values: { p: secret('arn') } }, { correlate: 'by' }),
  };

  const [answer] = ask([start]) ?? [];
  expect(answer).toMatchObject({
    actions: [{ kind: 'startRun', correlate: 'by', placeholders: [{ secret: { id: 'arn' } }] }],
  });

  const [plain] = ask([{ name: 'plain', actions: () => startRun({ workflow_id: 'w' }) }]) ?? [];
  expect(plain).toEqual({
    rule: 'plain',
    kind: 'planned',
    actions: [{ kind: 'startRun', body: '{"workflow_id":"w"}' }],
  });
  expect(Object.keys(plain?.kind === 'planned' ? (plain.actions[0] ?? {}) : {})).toEqual(['kind', 'body']);
});

it('a key in the body of an answer is the same for each event and in each release, which are compared', () => {
  const start: RuleDefinition = {
    name: 'start',
    actions: () => startRun({ workflow_id: 'w' }, { correlate: 'by' }),
  };
  const other = { event: { event_id: 'event-2', type: 'run_complete' }, depth: 0 };
  const bodies = [ask([start]), ask([start], other)].map((answers) => {
    const [answer] = answers ?? [];
    return answer?.kind === 'planned' ? answer.actions[0]?.body : undefined;
  });

  expect(bodies[0]).toBe('{"workflow_id":"w","input_values":{"by":"beed0721-6d47-5df7-a6fa-64c9c6e29402"}}');
  expect(bodies[1]).toBe(bodies[0]);
});

it('rules that are asked again stop at the depth of the stage', () => {
  const rules: RuleDefinition[] = [{ name: 'notified', actions: () => notify() }, next];

  expect(ask(rules, { depth: 3 })).toMatchObject([
    { rule: 'next', kind: 'failed', reason: 'depth_exceeded' },
  ]);
});

it('a body that the processor would not have accepted has no answer', () => {
  expect(ask([], { body: '{"event_id":"event-1"}' })).toBeUndefined();
});
