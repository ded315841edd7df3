import { describe, expect, it } from 'vitest';
import { classify } from '../../../lambda/core/act/classify.ts';

const failed = (status: number | undefined, more: object = {}) => ({
  kind: 'failed' as const,
  mayHaveTakenEffect: false,
  ...(status !== undefined && { status }),
  ...more,
});

describe('classify', () => {
  it.each([undefined, 401, 403, 408, 429, 500, 502, 503, 504, 599])('tries again after %s', (status) => {
    for (const mayHaveTakenEffect of [true, false]) {
      expect(classify(failed(status, { mayHaveTakenEffect }), false)).toEqual({
        kind: 'transient',
        mayHaveTakenEffect,
      });
    }
  });

  it('waits for a request in progress', () => {
    expect(classify(failed(409, { inProgress: true }), false).kind).toBe('transient');
    expect(classify(failed(409, { inProgress: true }), true).kind).toBe('transient');
  });

  it.each([300, 302, 400, 404, 405, 410, 413, 422])(
    'counts %i as refused when it is the first word',
    (status) => {
      expect(classify(failed(status), false)).toEqual({ kind: 'refused', status });
    },
  );

  it.each([400, 404, 422])('cannot tell what %i means after an attempt without an answer', (status) => {
    expect(classify(failed(status), true)).toEqual({ kind: 'unknown', status });
    expect(classify(failed(status, { mayHaveTakenEffect: true }), false)).toEqual({
      kind: 'unknown',
      status,
    });
  });

  it('cannot tell what a conflict means', () => {
    expect(classify(failed(409), false)).toEqual({ kind: 'unknown', status: 409 });
    expect(classify(failed(409, { inProgress: false }), false).kind).toBe('unknown');
    expect(classify(failed(422, { inProgress: true }), false).kind).toBe('refused');
  });
});
