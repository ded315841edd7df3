import { runInThisContext } from 'node:vm';
import { afterEach, describe, expect, it } from 'vitest';
import { describeThrown, framesOf } from '../../../lambda/core/model/index.ts';

const CANARY = 'canary-7f3a';
/** A payload with an error report of another system in it. */
const FRAME_LIKE = `cannot read:\n    at 4111111111111111 ${CANARY} (/p/q.ts:9:9)\n    at ${CANARY} (/a/follow-ups.ts:1:2)`;

const { stackTraceLimit } = Error;
afterEach(() => {
  Error.stackTraceLimit = stackTraceLimit;
});

/** An error that is made in the first of these files, which the next one calls, and so on. */
function errorIn(...files: string[]): Error {
  const [innermost, ...callers] = files;
  const make: () => Error = runInThisContext(`() => new TypeError('${CANARY}')`, { filename: innermost });
  const call = callers.reduce<() => Error>((next, filename) => {
    const caller: (next: () => Error) => Error = runInThisContext('(next) => next()', { filename });
    return caller.bind(null, next);
  }, make);
  Error.stackTraceLimit = files.length;
  return call();
}

describe('what a rule threw', () => {
  it('an error that a rule threw is described by its class and the first frame in a file of the customer', () => {
    const error = errorIn(
      'node:internal/json',
      '/var/task/../../lambda/rules/actions.ts',
      '/var/task/node_modules/zod/index.js',
      'file:///var/task/src/follow-ups.ts',
      '/var/task/follow-ups.ts',
    );

    expect(describeThrown('next', error)).toEqual({
      rule: 'next',
      error: 'TypeError',
      frame: expect.stringMatching(/^src\/follow-ups\.ts:1:\d+$/),
    });
  });

  it('an error without a frame of the customer is described without one', () => {
    expect(describeThrown('next', errorIn('/x/lambda/core/plan/plan.ts'))).toEqual({
      rule: 'next',
      error: 'TypeError',
    });
  });

  it.each([
    ['follow-ups.mjs', 'follow-ups.mjs'],
    ['/var/@own/rules.cts', '@own/rules.cts'],
  ])('a frame in %s is described by its file and folder', (file, shown) => {
    const { frame = '' } = describeThrown('next', errorIn(file));

    expect(frame.replace(/:\d+:\d+$/, '')).toBe(shown);
  });

  it.each([
    ['a text', 'string', CANARY],
    ['null', 'null', null],
    ['nothing', 'undefined', undefined],
  ])('%s that a rule threw is described by its type', (_, error, value) => {
    expect(describeThrown('next', value)).toEqual({ rule: 'next', error });
  });

  it('an error that gave itself a text as its name is an Error', () => {
    const error = Object.assign(new Error(CANARY), { name: 'canary 7f3a' });

    expect(describeThrown('next', error).error).toBe('Error');
  });
});

describe('frames of an error', () => {
  it('the frames are where it was made and where that was called, each by file, line and column', () => {
    expect(framesOf(errorIn('/a/one.ts', '/a/two.ts'))).toEqual([
      expect.stringMatching(/^ {4}at \/a\/one\.ts:1:\d+$/),
      expect.stringMatching(/^ {4}at \/a\/two\.ts:1:\d+$/),
    ]);
  });

  it('the frames are the same when they are read again', () => {
    const error = errorIn('/a/one.ts');

    expect(framesOf(error)).toHaveLength(1);
    expect(framesOf(error)).toEqual(framesOf(error));
  });

  it.each<[string, (error: Error) => unknown]>([
    ['as it is', () => undefined],
    ['shortened', (error) => Object.assign(error, { message: error.message.split('\n')[0] })],
    ['emptied', (error) => Object.assign(error, { message: '' })],
    ['replaced', (error) => Object.assign(error, { message: CANARY })],
  ])('a message with lines that look like frames adds no frame, also if it is later %s', (_, change) => {
    const error = new Error(FRAME_LIKE);
    change(error);

    expect(framesOf(error).length).toBeGreaterThan(0);
    expect(framesOf(error).join('\n')).not.toMatch(/canary|4111|follow-ups/);
    expect(JSON.stringify(describeThrown('next', error))).not.toMatch(/canary|4111/);
  });

  it('the computed name of a function is no part of a frame', () => {
    const functions = { [CANARY]: () => new Error('m') };
    const error = functions[CANARY]?.() ?? new Error();

    expect(framesOf(error)[0]).toContain('thrown.test.ts');
    expect(framesOf(error).join('\n')).not.toContain('canary');
  });

  it('code that was made of a text is no frame', () => {
    const made = new Function(`return new Error('m') //# sourceURL=/a/${CANARY}.ts`);

    expect(framesOf(made()).join('\n')).not.toContain('canary');
  });

  it.each([
    ['was read before', () => Object.assign(new Error(FRAME_LIKE), { stack: `Error: ${FRAME_LIKE}` })],
    ['is null', () => Object.assign(new Error(), { stack: null })],
    ['is a number', () => Object.assign(new Error(), { stack: 5 })],
    ['throws', () => Object.defineProperty(new Error(), 'stack', { get: fail })],
    [
      'makes other errors',
      () => Object.defineProperty(new Error(), 'stack', { get: () => new Error(CANARY).stack }),
    ],
  ])('an error whose stack %s has no frames', (_, make) => {
    expect(framesOf(make())).toEqual([]);
  });

  it('reading frames leaves stacks of other errors as they are', () => {
    const { prepareStackTrace } = Error;
    framesOf(new Error('m'));

    expect(Error.prepareStackTrace).toBe(prepareStackTrace);
    expect(new Error('m').stack).toContain('thrown.test.ts');
  });
});

function fail(): never {
  throw new Error(CANARY);
}
