import { expect, it } from 'vitest';
import { failedChecks } from '../../../lambda/rules/index.ts';

it('a check has failed unless its status is success and it has no error text', () => {
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

it.each([undefined, null, {}, 'x', 5])(
  'a run whose checks are %j has no failed checks',
  (post_run_checks) => {
    expect(failedChecks({ post_run_checks })).toEqual([]);
  },
);
