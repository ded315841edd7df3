import { describe, expect, it } from 'vitest';
import { AttachmentsReference, SecretReference } from '../../../lambda/rules/actions.ts';
import {
  failedChecks,
  followUps,
  notify,
  outputAttachments,
  publish,
  retryRun,
  secret,
  startChain,
  startRun,
} from '../../../lambda/rules/index.ts';
import { DuplicateRuleNameError, matches, type RuleDefinition } from '../../../lambda/rules/rule.ts';

const about = (run: object = {}) => ({
  event_id: 'e',
  run: { id: 'r', workflow_id: 'first', status: 'success' as const, ...run },
  depth: 0,
  retries: 0,
  stage: 'dev',
  workflowIds: { next: 'first' },
});
const does = (rule: Partial<RuleDefinition>, run: object = {}) =>
  matches({ name: 'r', actions: () => [], ...rule }, about(run));

describe('matches', () => {
  it('hears of everything by default', () => expect(does({})).toBe(true));

  it('chooses by status', () => {
    expect(does({ status: 'success' })).toBe(true);
    expect(does({ status: 'error' })).toBe(false);
    expect(does({ status: ['error', 'success'] })).toBe(true);
    expect(does({ status: ['error', 'cancelled'] })).toBe(false);
  });

  it('chooses by workflow, named or of the stage', () => {
    expect(does({ workflow: 'first' })).toBe(true);
    expect(does({ workflow: 'other' })).toBe(false);
    expect(does({ workflow: (ids) => ids.next })).toBe(true);
    expect(does({ workflow: (ids) => ids.unset })).toBe(false);
    expect(does({ exceptWorkflow: 'first' })).toBe(false);
    expect(does({ exceptWorkflow: 'other' })).toBe(true);
    expect(does({ exceptWorkflow: (ids) => ids.next })).toBe(false);
    expect(does({ exceptWorkflow: (ids) => ids.unset })).toBe(true);
  });

  it('chooses by failed checks', () => {
    const failed = { post_run_checks: [{ status: 'failed' }] };
    expect(does({ failedChecks: true }, failed)).toBe(true);
    expect(does({ failedChecks: false }, failed)).toBe(false);
    expect(does({ failedChecks: true })).toBe(false);
    expect(does({ failedChecks: false })).toBe(true);
  });
});

describe('failedChecks', () => {
  it('counts all but the known good word, and any error text', () => {
    const checks = [
      { name: 'good', status: 'success' },
      { name: 'bad', status: 'failed' },
      { name: 'new', status: 'tomorrow' },
      { name: 'text', status: 'success', error_message: 'no file' },
      { name: 'none' },
      null,
      'text',
    ];
    expect(failedChecks({ post_run_checks: checks }).map(({ name }) => name)).toEqual([
      'bad',
      'new',
      'text',
      'none',
    ]);
    expect(failedChecks({ post_run_checks: [{ status: 'success', error_message: '' }] })).toEqual([]);
  });

  it.each([undefined, null, {}, 'x', 5])('finds none in %j', (post_run_checks) => {
    expect(failedChecks({ post_run_checks })).toEqual([]);
  });
});

describe('followUps', () => {
  it('keeps the rules in order, and refuses two of one name', () => {
    const rule = (name: string) => ({ name, actions: () => [] });
    expect(followUps(rule('a'), rule('b')).rules.map(({ name }) => name)).toEqual(['a', 'b']);
    expect(() => followUps(rule('a'), rule('b'), rule('a'))).toThrow(DuplicateRuleNameError);
    expect(() => followUps(rule('twice'), rule('twice'))).toThrow('"twice"');
  });
});

describe('actions', () => {
  it('are data', () => {
    const body = { workflow_id: 'w' };
    const steps = { steps: [{ workflow_id: 'w' }] };
    expect(startRun(body)).toEqual({ kind: 'startRun', body });
    expect(startChain(steps)).toEqual({ kind: 'startChain', body: steps });
    expect(notify('a')).toEqual({ kind: 'notify', subject: 'a' });
    expect(notify()).toEqual({ kind: 'notify', subject: 'A Cyberdesk run needs attention' });
    expect(publish()).toEqual({ kind: 'publish', attributes: {} });
    expect(retryRun({ max: 2, input_values: { a: 1 } })).toEqual({
      kind: 'retryRun',
      max: 2,
      body: { input_values: { a: 1 } },
      otherwise: [],
    });
    expect(retryRun({ max: 2, otherwise: notify('a') })).toMatchObject({
      otherwise: [{ kind: 'notify' }],
      body: {},
    });
  });

  it('refer to secrets and files without holding them', () => {
    expect(secret('id', 'field')).toEqual(new SecretReference('id', 'field'));
    expect(secret('id').field).toBeUndefined();
    expect(outputAttachments({ ...about().run, output_attachment_ids: ['a'] })).toEqual(
      new AttachmentsReference(['a']),
    );
    expect(outputAttachments({ ...about().run, output_attachment_ids: null }).ids).toEqual([]);
    expect(outputAttachments(about().run).ids).toEqual([]);
  });
});
