import { expect, it } from 'vitest';
import { referenceOf } from '../../../lambda/core/model/index.ts';

it.each([
  [
    { path: ['a'], secret: { id: 'arn:secret', field: 'pin' } },
    { kind: 'secret', id: 'arn:secret', field: 'pin' },
  ],
  [
    { path: ['a'], attachments: { ids: ['one', 'two'] } },
    { kind: 'attachments', ids: ['one', 'two'] },
  ],
])('a stored placeholder %j is read as %j', (stored, reference) => {
  expect(referenceOf(stored)).toEqual(reference);
});
