import { expect, it } from 'vitest';
import { nearest, remedy } from '../../../lambda/rules/nearest.ts';

const KNOWN = ['invoice', 'readInvoice', 'from', 'persist'];

it.each([
  ['invoices', 'invoice'],
  ['Invoice', 'invoice'],
  ['read-invoice', 'readInvoice'],
  ['PERSIST', 'persist'],
  ['form', 'from'],
  ['rom', 'from'],
  ['resist', 'persist'],
])('the word %s is taken for a slip of %s', (word, meant) => {
  expect(nearest(word, KNOWN)).toBe(meant);
});

it.each(['archive', 'n', '', 'nothing-of-the-kind'])('the word "%s" is like no other', (word) => {
  expect(nearest(word, KNOWN)).toBeUndefined();
});

it('a remedy names the word that was meant, or otherwise what to do', () => {
  expect(remedy('form', KNOWN, 'declare it')).toBe('did you mean "from"?');
  expect(remedy('archive', KNOWN, 'declare it')).toBe('declare it');
});
