// cspell:ignore eacute elig ller lodz maxx oslash stra strasse straße szlig οδοσποιός οδός οδος łódź
import { describe, expect, it } from 'vitest';
import { resemblance } from '../../../../lambda/core/plan/kinds/resemblance.ts';
import { MAX_DEPTH } from '../../../../lambda/core/plan/serialize.ts';
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

  it('what is shown may be nested deeper than a stack, in lists as well', () => {
    const deep: unknown = JSON.parse(`${'['.repeat(100_000)}1${']'.repeat(100_000)}`);

    expect(resemblance({ a: ['x', 'y'] }, { a: [deep, 'q'] })).toBe('different');
    expect(resemblance({ a: ['x', 'y'] }, { a: [deep] })).toBe('similar');
    expect(resemblance({ a: [['x'], 'y'] }, { a: [deep, 'q'] })).toBe('different');
    expect(resemblance({ a: 'x' }, { a: deep })).toBe('similar');
  });

  it.each(['[', '{"a":'])('the deepest inputs that a rule may send can be compared, nested by %s', (open) => {
    const levels = MAX_DEPTH - 1;
    const inputs = () => ({
      a: JSON.parse(`${open.repeat(levels)}1${(open === '[' ? ']' : '}').repeat(levels)}`),
    });

    expect(resemblance(inputs(), inputs())).toBe('equal');
  });

  it.each([
    ['a default was added', { a: 1 }, { a: 1, pages: 10 }],
    ['a null was dropped', { a: 1, b: null }, { a: 1 }],
    ['a null became a default', { a: null, b: 1 }, { a: 'none', b: 1 }],
    ['an empty text became null', { a: '' }, { a: null }],
    ['an empty object was dropped', { a: {}, b: 1 }, { b: 1 }],
    ['an empty list became a default', { a: [] }, { a: ['all'] }],
    ['a text was dropped', { a: 'x', b: 1 }, { b: 1 }],
    ['a text was emptied', { a: 'x' }, { a: ' ' }],
    ['a number became null', { a: 7 }, { a: null }],
    ['a number was emptied', { a: 7 }, { a: '' }],
    ['an empty text became a number', { a: '' }, { a: 7 }],
    ['a text of signs became a default', { a: '--' }, { a: 'none' }],
    ['names were respelled', { patient_id: 7 }, { patientId: 7 }],
    ['text was trimmed', { a: ' x ' }, { a: 'x' }],
    ['text was padded', { a: 'x' }, { a: ' x ' }],
    ['text has other line endings', { a: 'one\r\ntwo' }, { a: 'one\ntwo' }],
    ['text lost its line endings', { a: 'one\r\ntwo' }, { a: 'one two' }],
    ['text was escaped', { a: 'Smith & Sons' }, { a: 'Smith &amp; Sons' }],
    ['accents are composed in another way', { a: 'caf\u00e9' }, { a: 'cafe\u0301' }],
    ['text was cut off', { a: 'three invoices filed' }, { a: 'three inv' }],
    ['text was cut off with a mark', { a: 'three invoices' }, { a: 'th…' }],
    ['text was masked', { a: 'secret' }, { a: '***' }],
    ['text was masked except for its end', { a: '4929-1234' }, { a: '••••1234' }],
    ['a date was masked', { a: '01/02/1990' }, { a: 'XX/XX/1990' }],
    ['words were crossed out', { a: 'take a left at 5' }, { a: 'XXXX X XXXX XX 5' }],
    ['what is in brackets was masked', { a: 'call (1234)' }, { a: 'call (####)' }],
    ['what is in brackets was masked by X', { a: 'call (1234)' }, { a: 'call (XXXX)' }],
    ['what is in brackets was hidden', { a: 'call (12)' }, { a: 'call (hidden)' }],
    ['what is in brackets was cut off', { a: 'call (John Smith)' }, { a: 'call (John ...)' }],
    ['part of a text was replaced', { a: 'call (555) 1 or 2' }, { a: 'call [PHONE] or 2' }],
    ['letters became question marks', { a: 'Müller' }, { a: 'M?ller' }],
    ['the last letter is a question mark', { a: 'Café' }, { a: 'Caf?' }],
    ['letters cannot be shown', { a: 'Café' }, { a: 'Caf\uFFFD' }],
    ['ß has capitals', { a: 'Straße 5' }, { a: 'STRASSE 5' }],
    ['a Greek text has capitals', { a: 'Οδός Αβγ' }, { a: 'ΟΔΟΣ ΑΒΓ' }],
    ['a Greek text with capitals was cut off', { a: 'οδοσποιός' }, { a: 'ΟΔΟΣ…' }],
    ['letters lost their accents', { a: 'Łódź, Ærø' }, { a: 'Lodz, Aero' }],
    ['line endings are escapes', { a: 'one\ntwo' }, { a: 'one\\ntwo' }],
    ['line endings are tags', { a: 'one\ntwo' }, { a: 'one<br>two' }],
    ['a letter is an escape of JSON', { a: 'Café' }, { a: 'Caf\\u00e9' }],
    ['a letter is an escape of JavaScript', { a: 'Café' }, { a: 'Caf\\xE9' }],
    ['a letter is an escape of HTML', { a: 'Café' }, { a: 'Caf&eacute;' }],
    ['a letter is a number of HTML', { a: 'Café' }, { a: 'Caf&#233;' }],
    ['a letter is a hexadecimal number of HTML', { a: 'Café' }, { a: 'Caf&#xE9;' }],
    ['letters are escapes of HTML', { a: 'Straße, Ærø' }, { a: 'Stra&szlig;e, &AElig;r&oslash;' }],
    ['a sign is an escape of HTML', { a: '5 € a' }, { a: '5 &euro; a' }],
    ['a space is an escape of a URL', { a: 'a b' }, { a: 'a%20b' }],
    ['a space is a plus sign', { a: 'a b' }, { a: 'a+b' }],
    ['letters are escapes of a URL', { a: 'Café' }, { a: 'Caf%C3%A9' }],
    ['letters are escapes of an old URL', { a: 'Café' }, { a: 'Caf%E9' }],
    ['escapes were read', { a: 'a%20b &amp; c\\nd' }, { a: 'a b & c\nd' }],
    ['what looks like an escape was escaped', { a: 'R&D12345;' }, { a: 'R&amp;D12345;' }],
    ['all that can be escaped is', { a: 'é\n<1>' }, { a: '\\u00e9\\n%3C1&gt;' }],
    ['something was added to a text', { a: 'invoice-7' }, { a: 'invoice-7 (copy)' }],
    ['a date has another spelling', { a: '2026-11-29T10:00:00Z' }, { a: '2026-11-29T11:00:00.000+01:00' }],
    ['a number became text', { a: 12 }, { a: '12' }],
    ['a number was grouped', { a: 1234.5 }, { a: '1,234.5' }],
    ['a number was grouped and filled with zeros', { a: 1234.5 }, { a: '1,234.50' }],
    ['a list of numbers was cut off', { a: '100,200,300,400' }, { a: '100,200,300' }],
    ['a row of digits was cut off', { a: '555 123 456 789' }, { a: '555 123 456' }],
    ['a number was grouped and rounded', { a: 1234567.891 }, { a: '1,234,567.89' }],
    ['a number was grouped as in Germany', { a: 1234.5 }, { a: '1.234,50' }],
    ['a number was grouped as in France', { a: 1234567.5 }, { a: '1\u202f234\u202f567,50' }],
    ['a number got a decimal comma', { a: 1234.5 }, { a: '1234,50' }],
    ['a grouped number was read', { a: '1,234.50' }, { a: 1234.5 }],
    ['a number was rounded', { a: 1234.5678 }, { a: 1234.57 }],
    ['decimals were cut off', { a: 1234.5678 }, { a: '1234' }],
    ['a large number was rounded', { a: 1234567890 }, { a: 1234570000 }],
    ['a number was kept as a float', { a: 0.1 }, { a: 0.10000000149011612 }],
    ['a whole number was kept as a float', { a: 123456789 }, { a: 123456792 }],
    ['a number has noise in its last digits', { a: 2 }, { a: 2.0000001 }],
    ['a boolean became text', { a: true }, { a: 'True' }],
    ['a boolean became a number', { a: true }, { a: 1 }],
    ['a zero has another spelling', { a: '0.0' }, { a: 0 }],
    ['a number has another spelling', { a: '1.0' }, { a: 1 }],
    [
      'a long number has noise in its last digits',
      { a: long('9007199254740993') },
      { a: long('9007199254740995') },
    ],
    ['digits were rounded', { a: '9007199254740993' }, { a: 9007199254740992 }],
    ['digits of a long number were rounded', { a: long('9007199254740993') }, { a: 9007199254740992 }],
    ['a long number became text', { a: long('9007199254740993') }, { a: '9007199254740993' }],
    ['a number that no double can hold became null', { a: long('-1e400') }, { a: null }],
    ['something deeper was added', { a: [{ b: 1 }] }, { a: [{ b: 1, c: 2 }] }],
    ['something deeper was emptied', { a: [{ b: 1 }] }, { a: [{}] }],
    ['a list was cut off', { a: [1, 2, 3] }, { a: [1, 2] }],
    ['a list was cut off and respelled', { a: [1.5678, 2, 3] }, { a: ['1.57', '2'] }],
    ['a list was sorted', { a: ['y', 'x'] }, { a: ['x', 'y'] }],
    ['a list lost what it had twice', { a: [1, 1, 2] }, { a: [1, 2] }],
    ['a list lost its blank entries', { a: [1, null, 2] }, { a: [1, 2] }],
    ['a value was put into a list', { a: 'x' }, { a: ['x'] }],
    ['an object became text', { a: { b: 1 } }, { a: '{"b":1}' }],
    ['a list became an object', { a: [1] }, { a: { 0: 1 } }],
  ])('inputs are similar when %s', (_, sent, shown) => {
    expect(resemblance(sent, shown)).toBe('similar');
  });

  it.each([
    'XXXXXXXXXXXX1111',
    'xxxx-xxxx-xxxx-1111',
    '●●●●●●●●●●●●1111',
    '############1111',
    '************-1111',
    '____1111',
    '*1111',
    '[REDACTED]',
    '<hidden>',
    '(hidden)',
    'REDACTED',
    '{{account}}',
    '[ACCOUNT_1]',
  ])('a number that is shown as %s is similar', (shown) => {
    expect(resemblance({ a: 4111111111111111 }, { a: shown })).toBe('similar');
  });

  it.each([
    [{ a: 1 }, { a: 2 }],
    [{ a: 1 }, { a: 2, pages: 10 }],
    [{ a: 12 }, { a: 1 }],
    [{ a: -5 }, { a: 5 }],
    [{ a: '-5 apples' }, { a: '5 apples' }],
    [{ a: 12 }, { a: 12.4 }],
    [{ a: 12.34 }, { a: 12.3001 }],
    [{ a: 0.3 }, { a: 5e-7 }],
    [{ a: 1234567 }, { a: 1234568 }],
    [{ a: '5000001' }, { a: '5000002' }],
    [{ a: '1985550123456789504' }, { a: '1985550123999789504' }],
    [{ a: 1 }, { a: 'x' }],
    [{ a: 'x' }, { a: 'y' }],
    [{ a: '12-A' }, { a: '1' }],
    [{ a: 'case 1' }, { a: 'case 12' }],
    [{ a: '2026-11-29' }, { a: '2026-11-28' }],
    [{ a: 'three invoices' }, { a: 'two inv…' }],
    [{ a: '4929-1234' }, { a: '••••1235' }],
    [{ a: '4929-1234' }, { a: 'XXXX-1235' }],
    [{ a: 'pay -- 12' }, { a: 'pay -- 1' }],
    [{ a: 'Smith' }, { a: 'Jones [REDACTED]' }],
    [{ a: 'Smith (John)' }, { a: 'Smith (Jane)' }],
    [{ a: 'Order (12)' }, { a: 'Order (13)' }],
    [{ a: 'a (b -- 2)' }, { a: 'a (b -- 3)' }],
    [{ a: '[1] one' }, { a: '[1] two' }],
    [{ a: '<b>one</b>' }, { a: '<b>two</b>' }],
    [{ a: 'public' }, { a: 'private' }],
    [{ a: 'L' }, { a: 'XXL' }],
    [{ a: 'Maxx 12' }, { a: 'Maxx 1' }],
    [{ a: 'Point Y 12' }, { a: 'Point X 12' }],
    [{ a: 'What? 12' }, { a: 'What? 1' }],
    [{ a: '10%' }, { a: '20%' }],
    [{ a: '50%20' }, { a: '50%30' }],
    [{ a: 'Straße 5' }, { a: 'Straße 6' }],
    [{ a: 'Café 12' }, { a: 'Tea? 12' }],
    [{ a: 'R&D12345;' }, { a: 'R&D99999;' }],
    [{ a: String.raw`C:\new1` }, { a: String.raw`C:\new2` }],
    [{ a: [1] }, { a: [1, 2] }],
    [{ a: [1, 2] }, { a: [3] }],
    [{ a: ['x', 'y'] }, { a: ['x', 'z'] }],
    [{ a: true }, { a: false }],
    [{ a: { b: [1] } }, { a: { b: [2] } }],
    [{ a: long('9007199254740993') }, { a: long('8007199254740993') }],
    [{ a: long('1e400') }, { a: long('1e401') }],
    [{ a: long('1e400') }, { a: long('-1e400') }],
    [
      { a: 1, b: 1 },
      { a: 1, b: 2, c: 3 },
    ],
  ])('%j differs from %j', (sent, shown) => {
    expect(resemblance(sent, shown)).toBe('different');
  });

  // What is short is measured for long enough to count; the ratio of a quadratic comparison is 16.
  it.each(['x(x)', 'x [x] ', '(x', '[', 'x) ', '-- ', '**(', '%41', '&amp;', '\\u0041', 'XX-'])(
    'four times the text of %j takes far less than 16 times as long to compare',
    (unit) => {
      const timeOf = (length: number) => {
        const text = unit.repeat(length / unit.length);
        const began = process.cpuUsage();
        resemblance({ a: `${text}qwerty` }, { a: `${text.slice(0, -9)}zzzzzz asdf` });
        const { user, system } = process.cpuUsage(began);
        return user + system;
      };
      const least = (length: number) => Math.min(...[1, 2, 3].map(() => timeOf(length)));
      timeOf(50_000);

      expect(least(200_000)).toBeLessThan(10 * least(50_000));
    },
  );

  it.each(['(', '-', '=', '*', 'x', 'é'])('a text of four million %j is compared', (sign) => {
    expect(resemblance({ a: sign.repeat(4_000_000) }, { a: `${sign.repeat(3_999_999)}7` })).not.toBe('exact');
  });
});
