import { expect, it } from 'vitest';
import { refusedField } from '../../lambda/cyberdesk/refused-field.ts';

const SENT = JSON.stringify({
  workflow_id: 'w',
  input_values: { total: 'canary-7f3a', lines: [{ no: 1 }], 'Jane Doe, born 1961-04-02': 1 },
});
const CANARY = 'canary-7f3a';

const refused = (...detail: unknown[]) => Buffer.from(JSON.stringify({ detail }));
const problem = (loc: unknown, type = 'string_type') => ({ loc, type, msg: CANARY, input: CANARY });

it.each([
  ['a field of the request', problem(['body', 'input_values', 'total']), 'input_values.total'],
  ['a field of a list', problem(['body', 'input_values', 'lines', 0, 'no']), 'input_values.lines.0.no'],
  ['a field without its place', problem(['workflow_id']), 'workflow_id'],
  ['a missing field', problem(['body', 'input_values', 'iban'], 'missing'), 'input_values.iban (missing)'],
  ['a missing field at the top', problem(['body', 'machine_id'], 'missing'), 'machine_id (missing)'],
])('a refusal names %s', (_, detail, field) => {
  expect(refusedField(refused(detail, problem(['body', 'other'])), SENT)).toBe(field);
});

it.each([
  ['a field that the request does not have', problem(['body', 'input_values', CANARY]), 'input_values'],
  ['what is not a name', problem(['body', 'input_values', 'a value'], 'missing'), 'input_values (missing)'],
  ['a field below a missing one', problem(['body', 'a', 'b'], 'missing'), undefined],
  ['a key that is data', problem(['body', 'input_values', 'Jane Doe, born 1961-04-02']), 'input_values'],
  ['a value', problem(['body', 'input_values', 'total', CANARY]), 'input_values.total'],
])('a refusal does not pass on %s', (_, detail, field) => {
  expect(refusedField(refused(detail), SENT)).toBe(field);
});

it.each([
  ['is not JSON', Buffer.from(CANARY), SENT],
  ['lists nothing', refused(), SENT],
  ['is only a text', Buffer.from(JSON.stringify({ detail: CANARY })), SENT],
  ['is about a request without a body', refused(problem(['body', 'x'])), undefined],
])('a refusal that %s names no field', (_, answer, sent) => {
  expect(refusedField(answer, sent)).toBeUndefined();
});

it('a refusal names the beginning and the end of a path that is too long to be stored with each action', () => {
  const names = Array.from({ length: 900 }, (_, level) => `level_${level}`);
  const sent = JSON.stringify({
    input_values: names.reduceRight<unknown>((inner, name) => ({ [name]: inner }), 1),
  });
  const field = (type?: string) =>
    refusedField(refused(problem(['body', 'input_values', ...names], type)), sent);

  expect(field()).toMatch(/^input_values\.level_0\.level_1\.[\w.]+\.….level_899$/);
  expect(field()?.length).toBeLessThanOrEqual(150);
  expect(field('missing')).toBe(`${field()} (missing)`);
});

it('a refusal names a path of names that are as long as names may be', () => {
  const names = ['a', 'b', 'c'].map((letter) => letter.repeat(64));
  const sent = JSON.stringify({ [names[0] ?? '']: { [names[1] ?? '']: { [names[2] ?? '']: 1 } } });

  expect(refusedField(refused(problem(names)), sent)).toBe(`${names[0]}.….${names[2]}`);
});
