import { expect, it } from 'vitest';
import {
  type Action,
  deliver,
  followUps,
  notify,
  retryRun,
  secret,
  startRun,
} from '../../../lambda/rules/index.ts';
import { misnamedBy, UnknownDestinationError, UnusableSecretError } from '../../../lambda/rules/named.ts';
import type { RuleDefinition } from '../../../lambda/rules/rule.ts';
import { anyAction } from '../support/plan.ts';

const PORTAL = 'arn:aws:secretsmanager:eu-central-1:123456789012:secret:portal-AbCdEf';
const OTHER = PORTAL.replace('portal', 'other');

function refuse(...given: Parameters<typeof misnamedBy>): void {
  for (const problem of misnamedBy(...given).values()) throw problem;
}

const check = (actions: RuleDefinition['actions'], more: Partial<RuleDefinition> = {}, stage = {}) =>
  refuse(followUps({ name: 'book', ...more, actions } as RuleDefinition), {
    stage: 'prod',
    workflowIds: {},
    destinations: ['persist'],
    sensitiveSecretArns: [PORTAL],
    ...stage,
  });

const login = (id: string) =>
  startRun({ workflow_id: 'w', sensitive_input_values: { login: { password: secret(id, 'password') } } });

it.each<[string, RuleDefinition['actions']]>([
  ['at once', () => deliver('persists')],
  ['among others', () => [notify('a'), deliver('persists')]],
  ['after a look at the payload', ({ run }) => (run.output_data?.total ? deliver('persists') : [])],
  [
    'beside the payload',
    ({ run }) => [startRun({ workflow_id: 'w', input_values: { a: run.output_data } }), deliver('persists')],
  ],
  ['for one status', ({ run }) => (run.status === 'cancelled' ? deliver('persists') : [])],
  ['in this stage', ({ stage }) => (stage === 'prod' ? deliver('persists') : [])],
  ['once a retry is used up', () => retryRun({ max: 1, otherwise: deliver('persists') })],
])('a misspelt destination is known before any event: %s', (_, actions) => {
  expect(() => check(actions)).toThrow(UnknownDestinationError);
  expect(() => check(actions)).toThrow(
    'rule "book" delivers to "persists", which stage "prod" does not have; did you mean "persist"?',
  );
});

it('a destination that is like none of the stage is to be added, or not used there', () => {
  expect(() => check(() => deliver('team'))).toThrow(
    'which stage "prod" does not have; set destinations.team, or deliver in other stages only',
  );
});

it('a misspelt destination of machines that are down is known, too', () => {
  const rules = followUps({ name: 'down', event: 'downed_machines', actions: () => deliver('persists') });

  expect(() => refuse(rules, { stage: 'dev', workflowIds: {}, destinations: [] })).toThrow('"persists"');
});

it.each<[string, RuleDefinition['actions'], Partial<RuleDefinition>?]>([
  ['that the stage has', () => deliver('persist')],
  ['that the payload names', ({ run }) => deliver(String(run.output_data?.team))],
  ['that the payload is part of', ({ run }) => deliver(`team-${run.output_data?.team}`)],
  ['of another stage', ({ stage }) => (stage === 'dev' ? deliver('other') : [])],
  [
    'of a status that the rule is not about',
    ({ run }) => (run.status === 'error' ? deliver('other') : []),
    { status: 'success' },
  ],
  [
    'in a payload that looks like an action',
    () => startRun({ workflow_id: 'w', input_values: { kind: 'deliver', destination: 'x' } }),
  ],
])('a rule may name a destination %s', (_, actions, more) => {
  expect(() => check(actions, more)).not.toThrow();
});

it.each<[string, RuleDefinition['actions']]>([
  ['throws', () => anyAction(JSON.parse('{'))],
  ['is async', () => anyAction(Promise.reject(new Error('x')))],
  ['returns nothing', () => anyAction(undefined)],
  ['makes up actions', () => anyAction([null, 'deliver', { kind: 'retryRun' }])],
  ['calls what it is given', ({ run }) => notify(JSON.stringify(run).replaceAll('a', run.id.slice(1)))],
  [
    'lists what it is given',
    ({ run }) => [...Object.keys(run.output_data ?? {}), ...(run.output_attachment_ids ?? [])].map(notify),
  ],
  [
    'looks without end',
    ({ run }) => {
      let node: unknown = run.output_data;
      while (node) node = (node as { next?: unknown }).next;
      return deliver('persists');
    },
  ],
])('nothing is said of a rule that %s', (_, actions) => {
  expect(() => check(actions)).not.toThrow();
});

it.each<[string, Action, string]>([
  [
    'by its name',
    login('claims-portal'),
    '"claims-portal", which is not a complete ARN; name it as in sensitiveSecretArns',
  ],
  ['without its six characters', login(PORTAL.slice(0, -7)), 'which is not a complete ARN'],
  [
    'that the stage does not allow',
    login(OTHER),
    `"${OTHER}", which stage "prod" does not allow; add it to sensitiveSecretArns`,
  ],
  [
    'in a retry',
    retryRun({ max: 1, sensitive_input_values: { p: secret('portal') } }),
    'rule "book" asks for the secret "portal"',
  ],
])('a secret %s is refused before any event', (_, action, said) => {
  expect(() => check(() => action)).toThrow(UnusableSecretError);
  expect(() => check(() => action)).toThrow(said);
});

it('a secret of the stage is not refused, nor any complete ARN where those of the stage are not known yet', () => {
  expect(() => check(() => login(PORTAL))).not.toThrow();
  for (const sensitiveSecretArns of [undefined, ['known-after-deployment']])
    expect(() => check(() => login(OTHER), {}, { sensitiveSecretArns })).not.toThrow();
});
