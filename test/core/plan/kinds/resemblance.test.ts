import { describe, expect, it } from 'vitest';
import { resemblance } from '../../../../lambda/core/plan/kinds/resemblance.ts';
import { ExactNumber } from '../../../../lambda/rules/index.ts';

const long = (text: string) => new ExactNumber(text);

describe('resemblance', () => {
  it.each([
    [{}, {}],
    [
      { a: 1, b: [1, { c: null }] },
      { b: [1, { c: null }], a: 1 },
    ],
    [{ a: undefined }, {}],
    [{ a: [long('9007199254740993')] }, { a: [long('9007199254740993.0')] }],
    [{ a: long('1e400') }, { a: long('10e399') }],
    [null, undefined],
    [1, 1],
  ])('%j equals %j', (sent, shown) => {
    expect(resemblance(sent, shown)).toBe('equal');
  });

  it.each([
    ['a default was added', { a: 1 }, { a: 1, pages: 10 }],
    ['a null was dropped', { a: 1, b: null }, { a: 1 }],
    ['a null became a default', { a: null, b: 1 }, { b: 1 }],
    ['text was trimmed', { a: ' x ' }, { a: 'x' }],
    ['text was padded', { a: 'x' }, { a: ' x ' }],
    ['a number became text', { a: 12 }, { a: '12' }],
    ['a boolean became text', { a: true }, { a: 'true' }],
    ['a zero has another spelling', { a: '0.0' }, { a: 0 }],
    ['a number has another spelling', { a: '1.0' }, { a: 1 }],
    ['digits were rounded', { a: '9007199254740993' }, { a: 9007199254740992 }],
    ['digits of a long number were rounded', { a: long('9007199254740993') }, { a: 9007199254740992 }],
    ['a long number became text', { a: long('9007199254740993') }, { a: '9007199254740993' }],
    ['a number that no double can hold became null', { a: long('-1e400') }, { a: null }],
    ['something deeper was added', { a: [{ b: 1 }] }, { a: [{ b: 1, c: 2 }] }],
  ])('inputs are similar when %s', (_, sent, shown) => {
    expect(resemblance(sent, shown)).toBe('similar');
  });

  it.each([
    [{ a: 1 }, { a: 2 }],
    [{ a: 1 }, {}],
    [{ a: 'x' }, { a: 'y' }],
    [{ a: [1] }, { a: [1, 2] }],
    [{ a: [1] }, { a: { 0: 1 } }],
    [{ a: true }, { a: false }],
    [{ a: '' }, { a: 0 }],
    [{ a: 0 }, { a: '' }],
    [{ a: 'x' }, { a: ['x'] }],
    [{ a: ['x'] }, { a: 'x' }],
    [{ a: '[object Object]' }, { a: {} }],
    [{ a: { b: 1 } }, { a: '[object Object]' }],
    [{ a: [] }, { a: { length: 0 } }],
    [{ a: null }, { a: [] }],
    [{ a: long('9007199254740993') }, { a: long('8007199254740993') }],
    [{ a: long('9007199254740993') }, { a: null }],
    [{ a: long('9007199254740993') }, { a: {} }],
    [{ a: long('1e400') }, { a: long('1e401') }],
    [{ a: long('1e400') }, { a: long('-1e400') }],
    [
      { a: 1, b: 1 },
      { a: 1, b: 2, c: 3 },
    ],
  ])('%j differs from %j', (sent, shown) => {
    expect(resemblance(sent, shown)).toBe('different');
  });
});
