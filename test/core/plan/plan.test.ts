import { expect, it } from 'vitest';
import { plan } from '../../../lambda/core/plan/plan.ts';
import {
  type Action,
  type AnyRule,
  followUps,
  notify,
  outputAttachments,
  publish,
  retryRun,
  startChain,
  startRun,
} from '../../../lambda/rules/index.ts';
import { anyAction, finishedRun, PLAN_CONTEXT, plannedActions, planOf } from '../support/plan.ts';

it('a plan names each action by rule and position, and gives each of them a key', () => {
  const rules = followUps(
    { name: 'one', actions: () => [startRun({ workflow_id: 'w' }), publish({ a: 'b' })] },
    { name: 'two', actions: () => notify('Look') },
    { name: 'other', status: 'error', actions: () => notify() },
  );
  const actions = plannedActions(plan(rules, finishedRun(), PLAN_CONTEXT));

  expect(actions.map(({ rule, position, kind, body }) => [rule, position, kind, body])).toEqual([
    ['one', 0, 'startRun', '{"workflow_id":"w"}'],
    ['one', 1, 'publish', '{"attributes":{"a":"b"}}'],
    ['two', 0, 'notify', '{"subject":"Look"}'],
  ]);
  expect(new Set(actions.map(({ key }) => key)).size).toBe(3);
  expect(actions[0]).toMatchObject({ tries: 0, delayed: 0, generation: 0 });
  expect(actions[0]).not.toHaveProperty('placeholders');

  const again = plannedActions(plan(rules, finishedRun(), { ...PLAN_CONTEXT, generation: 2 }));

  expect(again[0]?.generation).toBe(2);
  expect(again[0]?.key).not.toBe(actions[0]?.key);
});

it('a plan keeps the order of JSON keys, because the bytes are part of the idempotency contract', () => {
  const [action] = plannedActions(
    planOf(() => startRun({ workflow_id: 'w', input_values: { zebra: 1, ape: [2, { d: 1, c: null }] } })),
  );
  expect(action?.body).toBe('{"workflow_id":"w","input_values":{"zebra":1,"ape":[2,{"d":1,"c":null}]}}');
});

it('a plan is empty when no rule returns an action', () => {
  const nothing = { kind: 'planned', actions: [], idle: { rule: 'nothing' } };
  expect(planOf(() => anyAction(undefined))).toEqual(nothing);
  expect(planOf(() => [])).toEqual(nothing);
});

it('a plan says why each rule without actions asked for nothing', () => {
  const actions = () => [];
  const rules: AnyRule[] = [
    { name: 'acts', actions: () => notify() },
    { name: 'silent', actions },
    { name: 'status', status: 'error', actions },
    { name: 'workflow', workflow: 'another', actions },
    { name: 'except', exceptWorkflow: finishedRun().run.workflow_id, actions },
    { name: 'checks', failedChecks: true, actions },
    { name: 'machines', event: 'downed_machines', actions },
  ];

  expect(plan({ rules }, finishedRun(), PLAN_CONTEXT)).toMatchObject({
    idle: {
      silent: 'nothing',
      status: 'status',
      workflow: 'workflow',
      except: 'exceptWorkflow',
      checks: 'failedChecks',
      machines: 'event',
    },
  });
});

it('a plan explains at most 16 rules, so that a long list of rules costs no more writes', () => {
  const names = Array.from({ length: 40 }, (_, index) => `rule ${index}`);
  const rules = followUps(
    { name: 'x'.repeat(65), actions: () => [] },
    ...names.map((name) => ({ name, actions: () => [] })),
  );

  expect(plan(rules, finishedRun(), PLAN_CONTEXT)).toMatchObject({
    idle: Object.fromEntries(names.slice(0, 16).map((name) => [name, 'nothing'])),
  });
});

it('a plan writes dates as JSON does', () => {
  const [action] = plannedActions(
    planOf(() => anyAction({ ...startRun({ workflow_id: 'w' }), body: { at: new Date(0) } })),
  );
  expect(action?.body).toContain('"at":"1970-01-01T00:00:00.000Z"');
});

it.each([
  [
    'throws',
    () => {
      throw new Error('payload');
    },
  ],
  [
    'returns a cycle',
    () => {
      const inputs: Record<string, unknown> = {};
      inputs.self = inputs;
      return anyAction({ kind: 'startRun', body: { workflow_id: 'w', input_values: inputs } });
    },
  ],
  [
    'returns a BigInt',
    () => anyAction({ kind: 'startRun', body: { workflow_id: 'w', input_values: { n: 1n } } }),
  ],
  ['returns an unknown kind', () => anyAction({ kind: 'deleteRun', body: {} })],
  ['returns no content', () => anyAction({ kind: 'startRun' })],
  ['retries without a bound', () => anyAction({ ...retryRun({ max: 1 }), max: undefined })],
  ['retries up to a text', () => anyAction({ ...retryRun({ max: 1 }), max: '2' })],
  ['notifies with an empty subject', () => notify(' ')],
  ['publishes an empty attribute', () => publish({ kind: '' })],
  ['publishes an attribute with a space in its name', () => publish({ 'my kind': 'a' })],
  ['publishes an attribute with a name reserved by AWS', () => publish({ 'AWS.kind': 'a' })],
  ['publishes an attribute with a name that ends with a dot', () => publish({ 'kind.': 'a' })],
  ['publishes a number', () => anyAction({ ...publish(), attributes: { kind: 1 } })],
  [
    'passes on a text instead of a list of ids',
    () =>
      startRun({
        workflow_id: 'w',
        file_inputs: [outputAttachments({ id: 'run-1', output_attachment_ids: JSON.parse('"f"') })],
      }),
  ],
  [
    'passes on ids that are not text',
    () =>
      startRun({
        workflow_id: 'w',
        file_inputs: [outputAttachments({ id: 'run-1', output_attachment_ids: JSON.parse('[1]') })],
      }),
  ],
  ['returns a promise that is rejected', () => anyAction(Promise.reject(new Error('payload')))],
  ['returns a promise', () => anyAction(Promise.resolve([]))],
])('a plan fails as rule_threw when a rule %s', (_, actions) => {
  expect(planOf(actions)).toMatchObject({ kind: 'failed', reason: 'rule_threw' });
});

it('a plan that starts runs fails at the maximum depth, but announcements and bounded retries do not', () => {
  const start = () => startRun({ workflow_id: 'w' });
  const chain = () => startChain({ steps: [{ workflow_id: 'w' }] });
  for (const actions of [start, chain]) {
    expect(planOf(actions, finishedRun({ depth: 2 }))).toHaveProperty('actions');
    expect(planOf(actions, finishedRun({ depth: 3 }))).toMatchObject({
      kind: 'failed',
      reason: 'depth_exceeded',
    });
  }

  expect(planOf(() => [notify(), publish(), retryRun({ max: 1 })], finishedRun({ depth: 9 }))).toHaveProperty(
    'actions',
  );
});

it('a retry beyond its maximum is replaced by its alternative', () => {
  const kinds = (retries: number, action: Action) =>
    plannedActions(planOf(() => action, finishedRun({ retries }))).map(({ kind, position }) => [
      kind,
      position,
    ]);

  expect(kinds(0, retryRun({ max: 1 }))).toEqual([['retryRun', 0]]);
  expect(kinds(1, retryRun({ max: 1 }))).toEqual([]);

  const otherwise = retryRun({ max: 1, otherwise: [notify(), retryRun({ max: 2, otherwise: publish() })] });

  expect(kinds(1, otherwise)).toEqual([
    ['notify', 0],
    ['retryRun', 1],
  ]);
  expect(kinds(2, otherwise)).toEqual([
    ['notify', 0],
    ['publish', 1],
  ]);
});

it('a planned retry has the body of its options', () => {
  const [action] = plannedActions(planOf(() => retryRun({ max: 1, input_values: { a: 1 } })));
  expect(action?.body).toBe('{"input_values":{"a":1}}');
});
