import { expect, it } from 'vitest';
import { deadLetters, event, processEvent, setUp } from '../support/scenario.ts';

const fail = (): never => {
  throw new Error('canary-7f3a');
};
const handler = { get: fail, has: fail, getPrototypeOf: fail, getOwnPropertyDescriptor: fail };

it.each<[string, () => unknown]>([
  ['an error whose name is a symbol', () => Object.assign(new Error(), { name: Symbol('s') })],
  ['an error whose name throws', () => Object.defineProperty(new Error(), 'name', { get: fail })],
  ['an error whose stack is null', () => Object.assign(new Error(), { stack: null })],
  ['an error whose stack is a number', () => Object.assign(new Error(), { stack: 5 })],
  ['an error whose stack throws', () => Object.defineProperty(new Error(), 'stack', { get: fail })],
  ['an error that cannot be looked at', () => new Proxy(new Error(), handler)],
  ['an object without a prototype', () => Object.create(null)],
  ['a symbol', () => Symbol('s')],
])('%s that a rule throws fails the event like any other', async (_, make) => {
  await setUp({
    name: 'odd',
    actions: () => {
      throw make();
    },
  });

  expect(await processEvent()).toMatchObject({ kind: 'acknowledge', outcome: 'failed' });
  expect(event()).toMatchObject({ state: 'failed', reason: 'rule_threw' });
  expect(JSON.stringify(deadLetters())).not.toContain('canary');
});
