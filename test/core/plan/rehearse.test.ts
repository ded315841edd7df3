import { expect, it } from 'vitest';
import { type Question, rehearse } from '../../../lambda/core/plan/rehearse.ts';
import { followUps, type RuleDefinition, secret, startRun } from '../../../lambda/rules/index.ts';
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

it('rules that are asked again answer each for itself, and a rule without actions does not answer', () => {
  const rules: RuleDefinition[] = [
    { name: 'idle', actions: () => undefined },
    { name: 'broken', actions: () => JSON.parse('{') },
    { name: 'next', actions: ({ workflowIds: { next } }) => startRun({ workflow_id: String(next) }) },
  ];

  expect(ask(rules)).toMatchObject([
    { rule: 'broken', kind: 'failed', reason: 'rule_threw' },
    {
      rule: 'next',
      kind: 'planned',
      actions: [{ kind: 'startRun', body: '{"workflow_id":"workflow-next"}' }],
    },
  ]);
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
  const rules: RuleDefinition[] = [{ name: 'next', actions: () => startRun({ workflow_id: 'w' }) }];

  expect(ask(rules, { depth: 3 })).toMatchObject([
    { rule: 'next', kind: 'failed', reason: 'depth_exceeded' },
  ]);
});

it('a body that the processor would not have accepted has no answer', () => {
  expect(ask([], { body: '{"event_id":"event-1"}' })).toBeUndefined();
});
