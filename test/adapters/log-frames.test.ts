import { afterEach, expect, it, vi } from 'vitest';
import { Log } from '../../lambda/adapters/log.ts';

const CANARY = 'canary-7f3a';
const FRAME_LIKE = `bad value:\n    at patient ${CANARY}\n    at ${CANARY} (file:///ward.ts:1:2)`;

afterEach(() => void vi.unstubAllEnvs());

/** The line that the log gets for what was thrown. */
function logged(thrown: unknown): string {
  vi.stubEnv('STACK_NAME', 'stack');
  const lines: string[] = [];
  new Log((line) => lines.push(line)).line('error', 'it failed', { error: thrown });
  return lines.join('\n');
}

class NamedError extends Error {
  override name = 'NamedError';
}

it.each([
  ['an error', new Error(FRAME_LIKE)],
  ['a subclass that names itself after its stack was captured', new NamedError(FRAME_LIKE)],
  ['a cause', new Error('outer', { cause: new TypeError(FRAME_LIKE) })],
])('the log drops lines of the message of %s that look like frames, and keeps the frames', (_, error) => {
  const line = logged(error);

  expect(line).not.toContain(CANARY);
  expect(line).toContain('log-frames.test.ts');
});

it.each(['another', 'bad value:', ''])(
  'the log keeps the frames of an error whose message was changed since its stack was captured: "%s"',
  (message) => {
    const line = logged(Object.assign(new Error(FRAME_LIKE), { message }));

    expect(line).not.toContain(CANARY);
    expect(line).toContain('log-frames.test.ts');
  },
);

it('the log keeps the frames of an error that got its message after its stack was captured', () => {
  const line = logged(Object.assign(new Error(), { message: FRAME_LIKE }));

  expect(line).not.toContain(CANARY);
  expect(line).toContain('log-frames.test.ts');
});

it.each<[string, () => unknown]>([
  ['an error whose name is a symbol', () => Object.assign(new Error(), { name: Symbol('s') })],
  ['an error whose code throws', () => Object.assign(new Error(), { code: { toString: fail } })],
  ['an error that cannot be looked at', () => new Proxy(new Error(), { getPrototypeOf: fail })],
])('the log has a line for %s', (_, make) => {
  const line = logged(make());

  expect(line).toContain('it failed');
  expect(line).not.toContain(CANARY);
});

it('the log has a line for an error that is its own cause', () => {
  const error = new Error('m');
  error.cause = error;

  expect(logged(error).length).toBeLessThan(64 * 1024);
});

it.each([
  ['a name', Object.assign(new Error('m'), { name: `Patient ${CANARY}` })],
  ['a code', Object.assign(new Error('m'), { code: `not a code: ${CANARY}` })],
  ['a thrown text', `a text: ${CANARY}`],
])('the log drops %s that may quote data', (_, thrown) => {
  expect(logged(thrown)).not.toContain(CANARY);
});

it('the log keeps the code of an error', () => {
  expect(logged(Object.assign(new Error('m'), { code: 'ECONNRESET' }))).toContain('ECONNRESET');
});

function fail(): never {
  throw new Error(CANARY);
}
