import { describe, expect, it } from 'vitest';
import type { ActionKind, ActionRecord, Placeholder } from '../../../lambda/core/model/index.ts';
import { areReferencesInPlace } from '../../../lambda/core/plan/reference-places.ts';
import { actionRecord } from '../support/items.ts';

const secretAt = (path: string): Placeholder => ({ path: path.split('/'), secret: { id: 'arn' } });
const filesAt = (path: string): Placeholder => ({ path: path.split('/'), attachments: { ids: ['f'] } });
const holding = (kind: ActionKind, ...placeholders: Placeholder[]) => actionRecord({ kind, placeholders });

/** The JSON text of a content in which null stands at this path. */
function nullAt(path: string): string {
  const nested = path.split('/').reduceRight<unknown>((content, key) => {
    if (!/^\d+$/.test(key)) return { [key]: content };
    return Array.from({ length: Number(key) + 1 }, () => content);
  }, null);
  return JSON.stringify(nested);
}

describe('places of references', () => {
  it.each([
    ['startRun', 'sensitive_input_values/password'],
    ['retryRun', 'sensitive_input_values/deep/password'],
    ['startChain', 'shared_sensitive_inputs/password'],
    ['startChain', 'steps/0/sensitive_inputs/password'],
    ['startChain', 'steps/12/sensitive_inputs/password'],
  ] as const)('a %s may hold a secret at %s', (kind, path) => {
    expect(areReferencesInPlace(holding(kind, secretAt(path)), nullAt(path))).toBe(true);
  });

  it.each([
    ['startRun', 'file_inputs/0'],
    ['startRun', 'file_inputs/12'],
    ['retryRun', 'file_inputs/12'],
    ['startChain', 'shared_file_inputs/0'],
    ['startChain', 'shared_file_inputs/12'],
    ['startChain', 'steps/1/file_inputs/0'],
    ['startChain', 'steps/12/file_inputs/12'],
  ] as const)('a %s may hold attachments at %s', (kind, path) => {
    expect(areReferencesInPlace(holding(kind, filesAt(path)), nullAt(path))).toBe(true);
  });

  it.each([
    ['startRun', 'input_values/sensitive_input_values/password'],
    ['retryRun', 'input_values/sensitive_input_values/password'],
    ['startChain', 'shared_inputs/shared_sensitive_inputs/password'],
    ['startChain', 'shared_inputs/steps/0/sensitive_inputs/password'],
    ['notify', 'subject'],
    ['publish', 'attributes/kind'],
    ['deliver', 'destination'],
  ] as const)(
    'a stored %s with a secret at %s, where Cyberdesk or others see it, is refused',
    (kind, path) => {
      expect(areReferencesInPlace(holding(kind, secretAt(path)), nullAt(path))).toBe(false);
    },
  );

  it.each([
    ['startRun', 'input_values/file_inputs/0'],
    ['startRun', 'file_inputs/0/filename'],
    ['retryRun', 'input_values/file_inputs/0'],
    ['retryRun', 'file_inputs/0/filename'],
    ['startChain', 'shared_inputs/shared_file_inputs/0'],
    ['startChain', 'shared_file_inputs/0/filename'],
    ['startChain', 'steps/0/file_inputs/0/filename'],
    ['startChain', 'steps/first/file_inputs/0'],
    ['deliver', 'destination'],
  ] as const)(
    'a stored %s with attachments at %s, which is no entry of a list of files, is refused',
    (kind, path) => {
      expect(areReferencesInPlace(holding(kind, filesAt(path)), nullAt(path))).toBe(false);
    },
  );
});

it('a name with a slash is one name, not two', () => {
  const stored = (...path: string[]) =>
    holding('startRun', { path, secret: { id: 'arn' } } satisfies Placeholder);

  const within = stored('sensitive_input_values', 'user/name');
  expect(areReferencesInPlace(within, '{"sensitive_input_values":{"user/name":null}}')).toBe(true);
  const beside = stored('sensitive_input_values/name');
  expect(areReferencesInPlace(beside, '{"sensitive_input_values/name":null}')).toBe(false);
});

it('a stored body that holds a value of its own where a reference belongs is refused', () => {
  const record = holding('startRun', secretAt('sensitive_input_values/password'));

  expect(areReferencesInPlace(record, '{"sensitive_input_values":{"password":"plain"}}')).toBe(false);
  expect(areReferencesInPlace(record, '{"sensitive_input_values":{}}')).toBe(false);
});

it.each(['null', '"text"', '7', '[]'])(
  'a reference below the value %s of a stored body is refused',
  (value) => {
    const record = holding('startRun', secretAt('sensitive_input_values/0/length'));

    expect(areReferencesInPlace(record, `{"sensitive_input_values":${value}}`)).toBe(false);
    expect(areReferencesInPlace(record, value)).toBe(false);
  },
);

it('the path of a reference must not lead to what all objects share', () => {
  // The prototype of the prototype of every object is null.
  const record = holding('startRun', secretAt('sensitive_input_values/__proto__/__proto__'));

  expect(areReferencesInPlace(record, '{"sensitive_input_values":{}}')).toBe(false);
});

it('an action without references is in order, even of a kind that only a later release knows', () => {
  const later: ActionRecord = Object.assign(actionRecord(), { kind: 'fromLater' });

  expect(areReferencesInPlace(later, '{}')).toBe(true);
  expect(areReferencesInPlace({ ...later, placeholders: [] }, '{}')).toBe(true);
});
