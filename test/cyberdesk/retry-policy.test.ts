import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { delayBefore, isRetryable, parseRetryAfter } from '../../lambda/cyberdesk/retry-policy.ts';

const NOW = Date.parse('2026-11-25T12:00:00Z');
const none = new Headers();
const inProgress = new Headers({ 'Idempotency-Status': 'In_Progress' });

describe('isRetryable', () => {
  it.each([408, 500, 502, 503, 504])('isRetryable is true for %i', (status) => {
    expect(isRetryable(status, none)).toBe(true);
  });

  it.each([200, 201, 301, 400, 401, 403, 404, 422, 429, 501, 505])(
    'isRetryable is false for %i',
    (status) => {
      expect(isRetryable(status, none)).toBe(false);
    },
  );

  it('isRetryable is true for 409 only while the first request with the key is running', () => {
    expect(isRetryable(409, inProgress)).toBe(true);
    expect(isRetryable(409, none)).toBe(false);
    expect(isRetryable(409, new Headers({ 'Idempotency-Status': 'done' }))).toBe(false);
    expect(isRetryable(400, inProgress)).toBe(false);
  });
});

describe('delayBefore', () => {
  it.each([
    [0, 250],
    [1, 500],
    [2, 1000],
    [5, 8000],
    [40, 8000],
  ])('delayBefore is random after attempt %i, below %i ms', (attempt, longest) => {
    expect(delayBefore(attempt, undefined, 0)).toBe(0);
    expect(delayBefore(attempt, undefined, 0.999_999_999_999)).toBeCloseTo(longest, 3);
  });

  it('delayBefore is what the server asks for, up to 8 s', () => {
    expect(delayBefore(0, 3000, 0.9)).toBe(3000);
    expect(delayBefore(0, 0, 0.9)).toBe(0);
    expect(delayBefore(0, 60_000, 0)).toBe(8000);
  });
});

describe('parseRetryAfter', () => {
  // A date without a zone must not be read as local time.
  beforeEach(() => {
    vi.stubEnv('TZ', 'America/New_York');
  });
  afterEach(() => {
    vi.unstubAllEnvs();
  });

  it.each([
    ['0', 0],
    ['7', 7000],
    [' 120 ', 120_000],
    ['99999999999999999999999', 86_400_000],
    ['Wed, 25 Nov 2026 12:00:30 GMT', 30_000],
    ['Wednesday, 25-Nov-26 12:00:30 GMT', 30_000],
    ['Wed Nov 25 12:00:30 2026', 30_000],
    ['Wed, 25 Nov 2026 11:59:00 GMT', 0],
    ['Fri, 25 Nov 2033 12:00:00 GMT', 86_400_000],
  ])('parseRetryAfter reads %s as %i ms', (value, expected) => {
    expect(parseRetryAfter(value, NOW)).toBe(expected);
  });

  it.each([
    null,
    '',
    ' ',
    '-5',
    '1.5',
    '123abc',
    'soon',
    '2026-11-25T12:00:30Z',
    'Wed, 45 Nov 2026 12:00:30 GMT',
  ])('parseRetryAfter ignores %s', (value) => {
    expect(parseRetryAfter(value, NOW)).toBeUndefined();
  });
});
