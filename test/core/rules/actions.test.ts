import { describe, expect, it } from 'vitest';
import { AttachmentsReference, SecretReference } from '../../../lambda/rules/actions.ts';
import {
  notify,
  outputAttachments,
  publish,
  retryRun,
  secret,
  startChain,
  startRun,
} from '../../../lambda/rules/index.ts';

const run = { id: 'r' };

it('actions are plain data', () => {
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

it('actions refer to secrets and files without holding their contents', () => {
  expect(secret('id', 'field')).toEqual(new SecretReference('id', 'field'));
  expect(secret('id').field).toBeUndefined();
  expect(outputAttachments({ ...run, output_attachment_ids: ['a'] })).toEqual(
    new AttachmentsReference(['a']),
  );
  expect(outputAttachments({ ...run, output_attachment_ids: null }).ids).toEqual([]);
  expect(outputAttachments(run).ids).toEqual([]);
});

describe.each([
  ['secret()', secret('portal')],
  ['outputAttachments()', outputAttachments({ ...run, output_attachment_ids: ['a'] })],
])('%s', (maker, reference: unknown) => {
  it.each([
    ['a template literal', () => `Bearer ${reference}`],
    ['a sum', () => (reference as number) + 1],
    ['a list of words', () => ['Bearer', reference].join(' ')],
    ['a text', () => String(reference)],
    ['a number', () => Number(reference)],
    ['a text by its own method', () => (reference as object).toString()],
    ['a text in JSON', () => JSON.stringify({ token: reference })],
  ])(`a reference made by ${maker} is not made part of %s, and says so`, (_, use) => {
    expect(use).toThrow(`${maker} stands for a value that is not known before the call`);
  });
});
