import { expect, it } from 'vitest';
import { readRepository, readText } from './repository.ts';
import { findFragments } from './test-names.ts';

it('every test has a name that can be read without its describe', () => {
  // The test of the shipped rules at the root belongs to the customer, who names it.
  const tests = readRepository().filter(({ path }) => /^test\/.*\.test\.ts$/.test(path));
  expect(tests.length).toBeGreaterThan(100);

  expect(tests.flatMap(({ path }) => findFragments(path, readText(path)))).toEqual([]);
});

it.each([
  "it('is trimmed', () => {});",
  "it('of a processed event sends nothing', () => {});",
  "describe('a', () => { it.each([1])('reads %i', () => {}); });",
  "it('denies a batch', () => {});",
  "it('count as refused', () => {});",
  "it('one can still read it', () => {});",
  "it('the second is a duplicate', () => {});",
  'test.skipIf(true)(`with a key it fails`, () => {});',
])('the search for fragments finds the planted one in %s', (text) => {
  expect(findFragments('test/a.test.ts', text)).toHaveLength(1);
});

it.each([
  "it('the API key is trimmed', () => {});",
  `it(\`\${file} is trimmed\`, () => {});`,
  "it('messages are sent', () => {});",
  "it('the second webhook is a duplicate', () => {});",
  "it('one of two puts succeeds', () => {});",
  "it('after(1) is +0.0 s', () => {});",
  "describe('with a key', () => {});",
])('the search for fragments accepts %s', (text) => {
  expect(findFragments('test/a.test.ts', text)).toEqual([]);
});
