import { expect, it } from 'vitest';
import { classify } from '../../../lambda/core/act/classify.ts';
import type { CallFailure } from '../../../lambda/core/model/index.ts';
import { isUnknownToApi } from '../../../lambda/cyberdesk/answer-class.ts';
import { callFailure } from '../support/cyberdesk.ts';

const failedWith = (status: number | undefined, more: Partial<CallFailure> = {}) =>
  callFailure({ ...(status !== undefined && { status }), ...more });

const REFUSALS = [400, 404, 405, 410, 413, 414, 415, 422];

it.each([undefined, 301, 302, 307, 308, 401, 403, 421, 425, 429])(
  'a write that fails with %s is transient, in doubt only if a try within the call was not answered',
  (status) => {
    for (const mayHaveTakenEffect of [true, false]) {
      expect(classify(failedWith(status, { mayHaveTakenEffect }), false)).toEqual({
        kind: 'transient',
        mayHaveTakenEffect,
      });
    }
  },
);

it.each([300, 303, 304, 402, 406, 408, 411, 418, 423, 451, 500, 502, 503, 504, 599])(
  'a write that fails with %i is transient and may have taken effect',
  (status) => {
    expect(classify(failedWith(status), false)).toEqual({ kind: 'transient', mayHaveTakenEffect: true });
  },
);

it.each([...REFUSALS, 409])('a page with status %i is not an answer of the API', (status) => {
  expect(classify(failedWith(status, { isJson: false }), false)).toEqual({
    kind: 'transient',
    mayHaveTakenEffect: true,
  });
});

it('a conflict with a request in progress is transient', () => {
  expect(classify(failedWith(409, { inProgress: true }), false).kind).toBe('transient');
  expect(classify(failedWith(409, { inProgress: true }), true).kind).toBe('transient');
});

it.each(REFUSALS)('a first attempt that is answered with %i is refused', (status) => {
  expect(classify(failedWith(status), false)).toEqual({ kind: 'refused', status });
});

it.each(REFUSALS)('a refusal with %i is pending after an attempt without a response', (status) => {
  expect(classify(failedWith(status), true)).toEqual({ kind: 'pending', status });
  expect(classify(failedWith(status, { mayHaveTakenEffect: true }), false)).toEqual({
    kind: 'pending',
    status,
  });
});

it('a conflict is pending unless a request is in progress', () => {
  expect(classify(failedWith(409), false)).toEqual({ kind: 'pending', status: 409 });
  expect(classify(failedWith(409, { inProgress: false }), false).kind).toBe('pending');
  expect(classify(failedWith(422, { inProgress: true }), false).kind).toBe('refused');
});

it('a run is unknown to the API if it answers 404 or 410 itself', () => {
  for (const status of [404, 410]) {
    expect(isUnknownToApi(failedWith(status))).toBe(true);
    expect(isUnknownToApi(failedWith(status, { isJson: false }))).toBe(false);
  }
  for (const status of [undefined, 302, 400, 405, 422])
    expect(isUnknownToApi(failedWith(status))).toBe(false);
});

it('an answer of which nothing says that it is JSON is not an answer of the API', () => {
  const page: CallFailure = { kind: 'failed', status: 404, mayHaveTakenEffect: false };

  expect(classify(page, false)).toEqual({ kind: 'transient', mayHaveTakenEffect: true });
  expect(isUnknownToApi(page)).toBe(false);
});
