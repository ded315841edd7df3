import { expect, it } from 'vitest';
import { kindOf } from '../../../lambda/core/plan/kinds/index.ts';
import { serialize } from '../../../lambda/core/plan/serialize.ts';
import { MisplacedReferenceError } from '../../../lambda/rules/actions.ts';
import {
  notify,
  outputAttachments,
  publish,
  retryRun,
  secret,
  startChain,
  startRun,
} from '../../../lambda/rules/index.ts';
import { anyAction, finishedRun, plannedActions, planOf } from '../support/plan.ts';

it('references are stored beside the body, which holds null in their places', () => {
  const run = { ...finishedRun().run, output_attachment_ids: ['f1', 'f2'] };
  const [action] = plannedActions(
    planOf(() =>
      startRun({
        workflow_id: 'w',
        sensitive_input_values: { deep: { password: secret('arn', 'field') }, user: secret('arn') },
        file_inputs: [{ filename: 'a', content: 'eA==' }, outputAttachments(run)],
      }),
    ),
  );

  expect(action?.body).toBe(
    '{"workflow_id":"w","sensitive_input_values":{"deep":{"password":null},"user":null},"file_inputs":[{"filename":"a","content":"eA=="},null]}',
  );
  expect(action?.placeholders).toEqual([
    { path: ['sensitive_input_values', 'deep', 'password'], secret: { id: 'arn', field: 'field' } },
    { path: ['sensitive_input_values', 'user'], secret: { id: 'arn' } },
    { path: ['file_inputs', '1'], attachments: { ids: ['f1', 'f2'] } },
  ]);
});

it('values of a payload that look like references are not taken for references', () => {
  const lookalikes = {
    one: { id: 'arn', field: 'password' },
    two: { secret: { id: 'arn' } },
    three: { path: ['x'], secret: { id: 'arn' } },
    four: { ids: ['f1'] },
    five: { constructor: { name: 'SecretReference' }, id: 'arn' },
    six: '{{secret:arn}}',
  };
  const [action] = plannedActions(planOf(() => startRun({ workflow_id: 'w', input_values: lookalikes })));

  expect(action).not.toHaveProperty('placeholders');
  expect(JSON.parse(action?.body ?? '')).toEqual({ workflow_id: 'w', input_values: lookalikes });
});

it.each([
  ['a secret among the inputs', { input_values: { password: secret('arn') } }],
  ['a secret deep among the inputs', { input_values: { deep: [{ password: secret('arn') }] } }],
  ['a secret as the workflow id', { workflow_id: secret('arn') }],
  ['a secret as all sensitive inputs', { sensitive_input_values: secret('arn') }],
  ['a secret among the files', { file_inputs: [secret('arn')] }],
  ['files among the inputs', { input_values: { files: outputAttachments(finishedRun().run) } }],
  ['files as the list of files', { file_inputs: outputAttachments(finishedRun().run) }],
  ['files as the name of a file', { file_inputs: [{ filename: outputAttachments(finishedRun().run) }] }],
  ['a secret among shared inputs', { shared_inputs: { p: secret('arn') } }],
  ['a secret among a step’s inputs', { steps: [{ workflow_id: 'w', inputs: { p: secret('arn') } }] }],
])('a plan with %s fails, because a lookup could not find that run', (_, body) => {
  const action = anyAction({ kind: 'startRun', body: { workflow_id: 'w', ...body } });
  expect(planOf(() => action)).toMatchObject({ kind: 'failed', reason: 'reference_misplaced' });
});

it('chains and retries accept references in their sensitive inputs and files', () => {
  const files = outputAttachments({ id: 'run-1', output_attachment_ids: ['f'] });
  const chain = startChain({
    shared_sensitive_inputs: { p: secret('arn') },
    shared_file_inputs: [files],
    steps: [{ workflow_id: 'w', sensitive_inputs: { p: secret('arn') } }],
  });
  const retry = retryRun({ max: 1, sensitive_input_values: { p: secret('arn') }, file_inputs: [files] });
  const planned = plannedActions(planOf(() => [chain, retry]));

  expect(planned.map(({ placeholders }) => placeholders?.map(({ path }) => path.join('/')))).toEqual([
    ['shared_sensitive_inputs/p', 'shared_file_inputs/0', 'steps/0/sensitive_inputs/p'],
    ['sensitive_input_values/p', 'file_inputs/0'],
  ]);
});

it.each([
  ['startRun', { steps: [{ sensitive_inputs: { p: secret('arn') } }] }],
  ['startRun', { shared_sensitive_inputs: { p: secret('arn') } }],
  ['startRun', { shared_file_inputs: [outputAttachments({ id: 'r', output_attachment_ids: ['f'] })] }],
  ['retryRun', { steps: [{ sensitive_inputs: { p: secret('arn') } }] }],
  ['startChain', { sensitive_input_values: { p: secret('arn') } }],
  ['startChain', { file_inputs: [outputAttachments({ id: 'r', output_attachment_ids: ['f'] })] }],
] as const)(
  'a plan with %s fails if a reference stands where only another kind has a place for it',
  (kind, body) => {
    const action = anyAction({ kind, max: 1, otherwise: [], body: { workflow_id: 'w', ...body } });

    expect(planOf(() => action)).toMatchObject({ kind: 'failed', reason: 'reference_misplaced' });
  },
);

it.each([
  ['a notification', notify()],
  ['a publication', publish()],
] as const)('%s has no place for references', (_, action) => {
  const { references } = kindOf(action);
  const files = outputAttachments({ id: 'r', output_attachment_ids: ['f'] });

  expect(() => serialize({ subject: secret('arn') }, references)).toThrow(MisplacedReferenceError);
  expect(() => serialize({ attributes: { kind: files } }, references)).toThrow(MisplacedReferenceError);
});

it.each([
  ['a notification', { ...notify(), subject: secret('arn') }],
  ['a publication', { ...publish(), attributes: { kind: secret('arn') } }],
])('a plan with a secret in %s fails', (_, action) => {
  expect(planOf(() => anyAction(action))).toHaveProperty('kind', 'failed');
});

it.each([
  ['a spread', (body: object) => ({ ...body, sensitive_input_values: { password: { ...secret('arn') } } })],
  [
    'a copy of each entry',
    (body: object) => ({ ...body, sensitive_input_values: copied({ password: secret('arn') }) }),
  ],
  [
    'a copy of a list of files',
    (body: object) => ({ ...body, file_inputs: [{ ...outputAttachments(finishedRun().run) }] }),
  ],
])('%s of a reference is refused, and not sent as it is', (_, withCopy) => {
  const plan = planOf(() => startRun(withCopy({ workflow_id: 'w' }) as never));

  expect(plan).toMatchObject({ kind: 'failed', reason: 'reference_misplaced' });
});

it('a structured clone of a reference fails the rule that makes it', () => {
  const plan = planOf(() => {
    const body = { workflow_id: 'w', sensitive_input_values: { password: secret('arn') } };
    return startRun(structuredClone(body));
  });

  expect(plan).toMatchObject({ kind: 'failed', reason: 'rule_threw' });
});

/** As a rule may copy what it has made. */
function copied(value: object): object {
  const entries = Object.entries(value).map(([key, each]) => [
    key,
    typeof each === 'object' && each !== null ? copied(each) : each,
  ]);
  return Object.fromEntries(entries);
}
