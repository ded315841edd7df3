import { expect, it } from 'vitest';
import { classify } from '../../../lambda/core/act/classify.ts';
import type { CallFailure } from '../../../lambda/core/model/index.ts';
import { callFailure } from '../support/cyberdesk.ts';

const failedWith = (status: number | undefined, more: Partial<CallFailure> = {}) =>
  callFailure({ ...(status !== undefined && { status }), ...more });

it.each([undefined, 401, 403, 408, 429, 500, 502, 503, 504, 599])(
  'a write that fails with %s is transient',
  (status) => {
    for (const mayHaveTakenEffect of [true, false]) {
      expect(classify(failedWith(status, { mayHaveTakenEffect }), false)).toEqual({
        kind: 'transient',
        mayHaveTakenEffect,
      });
    }
  },
);

it('a conflict with a request in progress is transient', () => {
  expect(classify(failedWith(409, { inProgress: true }), false).kind).toBe('transient');
  expect(classify(failedWith(409, { inProgress: true }), true).kind).toBe('transient');
});

it.each([300, 302, 400, 404, 405, 410, 413, 422])(
  'a first attempt that is answered with %i is refused',
  (status) => {
    expect(classify(failedWith(status), false)).toEqual({ kind: 'refused', status });
  },
);

it.each([400, 404, 422])(
  'the outcome of an answer %i is unknown after an attempt without an answer',
  (status) => {
    expect(classify(failedWith(status), true)).toEqual({ kind: 'unknown', status });
    expect(classify(failedWith(status, { mayHaveTakenEffect: true }), false)).toEqual({
      kind: 'unknown',
      status,
    });
  },
);

it('the outcome of a conflict is unknown unless a request is in progress', () => {
  expect(classify(failedWith(409), false)).toEqual({ kind: 'unknown', status: 409 });
  expect(classify(failedWith(409, { inProgress: false }), false).kind).toBe('unknown');
  expect(classify(failedWith(422, { inProgress: true }), false).kind).toBe('refused');
});
