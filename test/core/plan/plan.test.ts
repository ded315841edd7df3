import { describe, expect, it } from 'vitest';
import type { ActionRecord } from '../../../lambda/core/model/index.ts';
import { plan } from '../../../lambda/core/plan/plan.ts';
import {
  type Action,
  followUps,
  notify,
  outputAttachments,
  publish,
  retryRun,
  secret,
  startChain,
  startRun,
} from '../../../lambda/rules/index.ts';
import type { Finished } from '../../../lambda/rules/rule.ts';

const finished = (more: Partial<Finished> = {}): Finished => ({
  event_id: 'event-1',
  run: { id: 'run-1', workflow_id: 'first', status: 'success', output_data: { a: 1 } },
  depth: 0,
  retries: 0,
  stage: 'dev',
  workflowIds: {},
  ...more,
});
const context = { installation: 'i', completion: 'completion#1', maxFollowUpDepth: 3, generation: 0 };
const planOf = (actions: () => Action | Action[] | undefined, about = finished(), more = {}) =>
  plan(followUps({ name: 'rule', actions }), about, { ...context, ...more });
const actionsOf = (result: ReturnType<typeof plan>): ActionRecord[] =>
  result.kind === 'planned' ? result.actions : [];

describe('plan', () => {
  it('names each action by rule and position, and gives each a key', () => {
    const rules = followUps(
      { name: 'one', actions: () => [startRun({ workflow_id: 'w' }), publish({ a: 'b' })] },
      { name: 'two', actions: () => notify('Look') },
      { name: 'other', status: 'error', actions: () => notify() },
    );
    const actions = actionsOf(plan(rules, finished(), context));
    expect(actions.map(({ rule, position, kind, body }) => [rule, position, kind, body])).toEqual([
      ['one', 0, 'startRun', '{"workflow_id":"w"}'],
      ['one', 1, 'publish', '{"attributes":{"a":"b"}}'],
      ['two', 0, 'notify', '{"subject":"Look"}'],
    ]);
    expect(new Set(actions.map(({ key }) => key)).size).toBe(3);
    expect(actions[0]).toMatchObject({ tries: 0, delayed: 0, generation: 0 });
    expect(actions[0]).not.toHaveProperty('placeholders');
    const again = actionsOf(plan(rules, finished(), { ...context, generation: 2 }));
    expect(again[0]?.generation).toBe(2);
    expect(again[0]?.key).not.toBe(actions[0]?.key);
  });

  it('keeps the order of keys: bytes are part of the contract', () => {
    const [action] = actionsOf(
      planOf(() => startRun({ workflow_id: 'w', input_values: { zebra: 1, ape: [2, { d: 1, c: null }] } })),
    );
    expect(action?.body).toBe('{"workflow_id":"w","input_values":{"zebra":1,"ape":[2,{"d":1,"c":null}]}}');
  });

  it('plans nothing where no rule has anything to say', () => {
    expect(planOf(() => undefined)).toEqual({ kind: 'planned', actions: [] });
    expect(planOf(() => [])).toEqual({ kind: 'planned', actions: [] });
  });

  it('puts references beside the body', () => {
    const run = { ...finished().run, output_attachment_ids: ['f1', 'f2'] };
    const [action] = actionsOf(
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

  it('never takes a payload for a reference', () => {
    const lookalikes = {
      one: { id: 'arn', field: 'password' },
      two: { secret: { id: 'arn' } },
      three: { path: ['x'], secret: { id: 'arn' } },
      four: { ids: ['f1'] },
      five: { constructor: { name: 'SecretReference' }, id: 'arn' },
      six: '{{secret:arn}}',
    };
    const [action] = actionsOf(planOf(() => startRun({ workflow_id: 'w', input_values: lookalikes })));
    expect(action).not.toHaveProperty('placeholders');
    expect(JSON.parse(action?.body ?? '')).toEqual({ workflow_id: 'w', input_values: lookalikes });
  });

  it.each([
    ['a secret among the inputs', { input_values: { password: secret('arn') } }],
    ['a secret deep among the inputs', { input_values: { deep: [{ password: secret('arn') }] } }],
    ['a secret for a workflow', { workflow_id: secret('arn') }],
    ['a secret as all sensitive inputs', { sensitive_input_values: secret('arn') }],
    ['a secret among the files', { file_inputs: [secret('arn')] }],
    ['files among the inputs', { input_values: { files: outputAttachments(finished().run) } }],
    ['files as the list of files', { file_inputs: outputAttachments(finished().run) }],
    ['files in a file', { file_inputs: [{ filename: outputAttachments(finished().run) }] }],
    ['a secret among shared inputs', { shared_inputs: { p: secret('arn') } }],
    ['a secret among a step’s inputs', { steps: [{ workflow_id: 'w', inputs: { p: secret('arn') } }] }],
  ])('refuses %s: a look-up compares what is stored with what Cyberdesk shows', (_, body) => {
    const action = { kind: 'startRun', body: { workflow_id: 'w', ...body } } as Action;
    expect(planOf(() => action)).toEqual({ kind: 'failed', reason: 'reference_misplaced' });
  });

  it('takes references wherever a chain and a retry have a place for them', () => {
    const files = outputAttachments({ id: 'run-1', output_attachment_ids: ['f'] });
    const chain = startChain({
      shared_sensitive_inputs: { p: secret('arn') },
      shared_file_inputs: [files],
      steps: [{ workflow_id: 'w', sensitive_inputs: { p: secret('arn') } }],
    });
    const retry = retryRun({ max: 1, sensitive_input_values: { p: secret('arn') }, file_inputs: [files] });
    const planned = actionsOf(planOf(() => [chain, retry]));
    expect(planned.map(({ placeholders }) => placeholders?.map(({ path }) => path.join('/')))).toEqual([
      ['shared_sensitive_inputs/p', 'shared_file_inputs/0', 'steps/0/sensitive_inputs/p'],
      ['sensitive_input_values/p', 'file_inputs/0'],
    ]);
  });

  it('writes dates as JSON does', () => {
    const [action] = actionsOf(
      planOf(() => startRun({ workflow_id: 'w', input_values: { at: new Date(0) } })),
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
        return startRun({ workflow_id: 'w', input_values: inputs });
      },
    ],
    ['returns a BigInt', () => startRun({ workflow_id: 'w', input_values: { n: 1n } })],
    ['returns an unknown kind', () => ({ kind: 'deleteRun', body: {} }) as never],
    ['returns no content', () => ({ kind: 'startRun' }) as never],
    ['retries without a bound', () => retryRun({} as never)],
    ['retries up to a text', () => retryRun({ max: '2' } as never)],
    ['tells nothing', () => notify(' ')],
    ['publishes an empty attribute', () => publish({ kind: '' })],
    ['publishes under a name with a blank', () => publish({ 'my kind': 'a' })],
    ['publishes under a name of AWS', () => publish({ 'AWS.kind': 'a' })],
    ['publishes under a name that ends with a dot', () => publish({ 'kind.': 'a' })],
    ['publishes a number', () => publish({ kind: 1 } as never)],
    [
      'hands on what is no list of ids',
      () =>
        startRun({
          workflow_id: 'w',
          file_inputs: [outputAttachments({ id: 'run-1', output_attachment_ids: 'f' as never })],
        }),
    ],
    [
      'hands on ids that are none',
      () =>
        startRun({
          workflow_id: 'w',
          file_inputs: [outputAttachments({ id: 'run-1', output_attachment_ids: [1] as never })],
        }),
    ],
    ['returns a promise that is rejected', () => Promise.reject(new Error('payload')) as never],
    ['returns a promise', () => Promise.resolve([]) as never],
  ])('fails with a reason when a rule %s', (_, actions) => {
    expect(planOf(actions)).toEqual({ kind: 'failed', reason: 'rule_threw' });
  });

  it('stops at the greatest depth, but for announcements and bounded retries', () => {
    const start = () => startRun({ workflow_id: 'w' });
    const chain = () => startChain({ steps: [{ workflow_id: 'w' }] });
    for (const actions of [start, chain]) {
      expect(planOf(actions, finished({ depth: 2 }))).toHaveProperty('actions');
      expect(planOf(actions, finished({ depth: 3 }))).toEqual({ kind: 'failed', reason: 'depth_exceeded' });
    }
    expect(planOf(() => [notify(), publish(), retryRun({ max: 1 })], finished({ depth: 9 }))).toHaveProperty(
      'actions',
    );
  });

  it('bounds retries, and then does otherwise', () => {
    const kinds = (retries: number, action: Action) =>
      actionsOf(planOf(() => action, finished({ retries }))).map(({ kind, position }) => [kind, position]);
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

  it('gives a retry its body', () => {
    const [action] = actionsOf(planOf(() => retryRun({ max: 1, input_values: { a: 1 } })));
    expect(action?.body).toBe('{"input_values":{"a":1}}');
  });
});
