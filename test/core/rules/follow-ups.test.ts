import { expect, it } from 'vitest';
import {
  checkFollowUps,
  DuplicateRuleNameError,
  type FollowUps,
  followUps,
  InvalidRuleError,
  loadedFrom,
} from '../../../lambda/rules/follow-ups.ts';
import type { RuleDefinition } from '../../../lambda/rules/index.ts';
import {
  MissingWorkflowError,
  refuseMisspelt,
  UndeclaredWorkflowError,
  UnknownWorkflowError,
} from '../../../lambda/rules/workflows.ts';

it('followUps keeps the rules in order, and rejects two rules with the same name', () => {
  const rule = (name: string) => ({ name, actions: () => [] });

  expect(followUps(rule('a'), rule('b')).rules.map(({ name }) => name)).toEqual(['a', 'b']);
  expect(() => followUps(rule('a'), rule('b'), rule('a'))).toThrow(DuplicateRuleNameError);
  expect(() => followUps(rule('twice'), rule('twice'))).toThrow('"twice"');
});

it('followUps keeps the workflows that the rules declare, beside the rules', () => {
  const rule = { name: 'a', actions: () => [] };
  const workflows = { next: 'optional' } as const;

  expect(followUps({ workflows }, rule)).toEqual({ workflows, rules: [rule] });
  expect(followUps(rule)).toEqual({ rules: [rule] });
  expect(followUps()).toEqual({ rules: [] });
});

const actions = () => [];

it.each([
  ['has no name', { actions }, 'rule 2 has no name'],
  ['has an empty name', { name: '', actions }, 'rule 2 has no name'],
  ['has no actions', { name: 'a' }, 'rule "a" has no function "actions"'],
  ['misspells a condition', { name: 'a', statuses: 'error', actions }, 'unknown field "statuses"'],
  ['names an unknown status', { name: 'a', status: 'failed', actions }, 'unknown status "failed"'],
  ['has a type that is not a text', { name: 'a', event: 7, actions }, 'not the name of a type'],
  ['has no guard', { name: 'a', event: 'other', actions }, 'has no function "guard"'],
  [
    'has a guard that cannot be called',
    { name: 'a', event: 'other', guard: 1, actions },
    'has no function "guard"',
  ],
  [
    'puts a condition on machines',
    { name: 'a', event: 'downed_machines', status: 'error', actions },
    'rule "a" is about downed_machines events, and cannot have the field "status"',
  ],
  [
    'puts a condition on another event',
    { name: 'a', event: 'constructor', guard: actions, workflow: 'a', actions },
    'rule "a" is about constructor events, and cannot have the field "workflow"',
  ],
  [
    'guards what is known',
    { name: 'a', guard: actions, actions },
    'rule "a" is about run_complete events, and cannot have the field "guard"',
  ],
  ['lists an unknown status', { name: 'a', status: ['error', 'done'], actions }, 'unknown status "done"'],
])('followUps refuses a rule in plain JavaScript that %s', (_, rule, said) => {
  const declare = () => followUps({ name: 'first', actions }, rule as unknown as RuleDefinition);

  expect(declare).toThrow(InvalidRuleError);
  expect(declare).toThrow(said);
});

it.each([undefined, [], () => [], { rules: 'none' }])(
  'a file that exports %o has no follow-ups',
  (loaded) => {
    expect(() => loadedFrom(loaded as never)).toThrow(InvalidRuleError);
  },
);

it('a follow-ups file may be a CommonJS module, whose default export is one among its exports', () => {
  const rules = followUps({ name: 'first', actions });

  expect(loadedFrom({ ...followUps(), default: rules })).toBe(rules);
  expect(loadedFrom(rules)).toBe(rules);
});

it('a stage must have an id for each workflow that the rules require, and for no other', () => {
  const check = (ids: Record<string, string>) =>
    checkFollowUps(followUps({ workflows: { invoice: 'required', next: 'optional' } }), 'prod', ids);

  expect(() => check({ invoice: 'id' })).not.toThrow();
  expect(() => checkFollowUps(followUps(), 'prod', {})).not.toThrow();
  expect(() => check({ next: 'id' })).toThrow(MissingWorkflowError);
  expect(() => check({ next: 'id' })).toThrow('stage "prod" has no id for the workflow "invoice"');
});

it('a workflow that has the name of a property of every object needs its id like any other', () => {
  const workflows = Object.fromEntries([['constructor', 'required' as const]]);
  const rules: FollowUps = { workflows, rules: [] };

  expect(() => checkFollowUps(rules, 'prod', {})).toThrow(MissingWorkflowError);
});

const UUID = '11111111-1111-4111-8111-111111111111';
const naming = (matchers: Pick<RuleDefinition, 'workflow' | 'exceptWorkflow'>, ids = {}) =>
  checkFollowUps(
    { workflows: { invoice: 'required' }, rules: [{ name: 'book', ...matchers, actions }] },
    'prod',
    { invoice: 'id', ...ids },
  );

it.each(['workflow', 'exceptWorkflow'] as const)(
  'a rule whose %s is misspelt is refused, with what was meant',
  (field) => {
    const misspelt = () => naming({ [field]: 'invoices' });

    expect(misspelt).toThrow(UnknownWorkflowError);
    expect(misspelt).toThrow(
      `rule "book" has the ${field} "invoices", which is neither an id nor a workflow that the rules declare; did you mean "invoice"?`,
    );
  },
);

it('what looks like an id is refused only where it is near a name', () => {
  expect(() => naming({ workflow: 'invoice2' as never })).toThrow('did you mean "invoice"?');
});

it('a workflow that is like none of those that are known is to be declared', () => {
  expect(() => naming({ workflow: 'claims' as never })).toThrow(
    "declare it: { workflows: { claims: 'optional' } }",
  );
});

it('a rule may name a declared workflow, one of the stage, an id, and whatever a function picks', () => {
  for (const workflow of [
    'invoice',
    'other',
    UUID,
    UUID.toUpperCase(),
    'wf_12' as never,
    'id' as never,
    () => undefined,
  ] as const)
    expect(() => naming({ workflow } as never, { other: UUID })).not.toThrow();
  expect(() => naming({})).not.toThrow();
});

it('a stage may have more ids than the rules declare, unless one of these has none: it may be misspelt', () => {
  const check = (ids: Record<string, string>) => refuseMisspelt({ next: 'optional' }, 'dev', ids);

  expect(() => check({ nxt: 'id' })).toThrow(UndeclaredWorkflowError);
  expect(() => check({ nxt: 'id' })).toThrow('an id for the workflow "nxt", which the rules do not declare');
  for (const ids of [{}, { next: 'id' }, { next: 'id', other: 'id' }]) expect(() => check(ids)).not.toThrow();
  expect(() => refuseMisspelt(undefined, 'dev', { nxt: 'id' })).not.toThrow();
});
