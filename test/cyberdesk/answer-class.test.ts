import { describe, expect, it } from 'vitest';
import { classOf, isJsonType } from '../../lambda/cyberdesk/answer-class.ts';

const answer = (status: number, { isJson = true, inProgress = false } = {}) =>
  classOf({ status, isJson, inProgress });

describe('classOf', () => {
  it.each([400, 404, 405, 410, 413, 414, 415, 422])('a JSON answer of %i is a definite refusal', (status) => {
    expect(answer(status)).toBe('refused');
  });

  it.each([400, 404, 405, 410, 413, 414, 415, 422])(
    'a page with status %i is not a refusal by the API',
    (status) => {
      expect(answer(status, { isJson: false })).toBe('unknown');
    },
  );

  it.each([301, 302, 307, 308, 401, 403, 421, 425, 429])(
    'an answer of %i had no effect, whoever gave it',
    (status) => {
      expect(answer(status)).toBe('no_effect');
      expect(answer(status, { isJson: false })).toBe('no_effect');
    },
  );

  it.each([300, 303, 304, 402, 406, 408, 418, 423, 424, 426, 428, 431, 451, 500, 502, 503, 504, 520, 599])(
    'an answer of %i may have had an effect',
    (status) => {
      expect(answer(status)).toBe('unknown');
    },
  );

  it('a 409 is a conflict, unless the first request is still in progress or a proxy gave it', () => {
    expect(answer(409)).toBe('conflict');
    expect(answer(409, { inProgress: true })).toBe('unknown');
    expect(answer(409, { isJson: false })).toBe('unknown');
  });
});

describe('isJsonType', () => {
  it.each([
    'application/json',
    'application/json; charset=utf-8',
    'Application/Problem+JSON',
    ' application/vnd.api+json;v=1',
  ])('a body of content type %j is read as JSON', (type) => {
    expect(isJsonType(type)).toBe(true);
  });

  it.each([
    null,
    '',
    'text/html',
    'text/plain; charset=json',
    'application/jsonp',
    'application/x-json-lines',
  ])('a body of content type %j is not read as JSON', (type) => {
    expect(isJsonType(type)).toBe(false);
  });
});
