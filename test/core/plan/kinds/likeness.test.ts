import { describe, expect, it } from 'vitest';
import type { RunSnapshot } from '../../../../lambda/core/model/index.ts';
import { likenessOf, mayBeFirst, type Wanted } from '../../../../lambda/core/plan/kinds/likeness.ts';
import { actionRecord } from '../../support/items.ts';
import { foundRun, iso } from '../../support/look-up.ts';
import { START } from '../../support/system.ts';

const SHARED = { a: 1 };
const OWN = { b: 2 };
/** A chain whose first step has inputs of its own beside those that all steps share. */
const wanted: Wanted = {
  workflowIds: ['next'],
  inputs: { ...SHARED, ...OWN },
  otherForms: [OWN],
  firsts: 1,
  together: 'session',
};
const narrow = { createdFrom: START, createdTo: START + 10 };
const uncorrelated = actionRecord({ key: 'mine' });
const correlated = actionRecord({ key: 'mine', correlate: 'by' });
const showing = (input_values: RunSnapshot['input_values'], more: Partial<RunSnapshot> = {}) =>
  foundRun('x', { input_values, ...more });
const likeness = (run: RunSnapshot, record = uncorrelated) => likenessOf(run, record, wanted, narrow);

describe('likeness by inputs', () => {
  it.each([
    ['all that was sent', { b: 2, a: 1 }, 'exact'],
    ['all that was sent, and a default', { a: 1, b: 2, pages: 10 }, 'similar'],
    ['only what the step has of its own', OWN, 'similar'],
    ['what the step has of its own, and a default', { b: 2, pages: 10 }, 'different'],
    ['only what the steps share', SHARED, 'different'],
    ['other inputs', { a: 1, b: 3 }, 'different'],
    ['null as its inputs', null, 'different'],
    ['no inputs at all', undefined, 'unknown'],
  ] as const)('the likeness of a run that shows %s', (_, inputs, expected) => {
    expect(likeness(showing(inputs))).toBe(expected);
    expect(mayBeFirst(wanted, showing(inputs))).toBe(expected !== 'different');
  });

  it('an equal run from outside the window by the clock of the API is merely similar', () => {
    const inputs = { ...SHARED, ...OWN };

    expect(likeness(showing(inputs, { created_at: iso(START + 10) }))).toBe('exact');
    expect(likeness(showing(inputs, { created_at: iso(START + 11) }))).toBe('similar');
    expect(likeness(showing(inputs, { created_at: iso(START - 1) }))).toBe('similar');
  });

  it('a run without inputs is merely similar to what was asked for without inputs', () => {
    const bare = { ...wanted, inputs: {}, otherForms: [] };

    expect(likenessOf(showing({}), uncorrelated, bare, narrow)).toBe('similar');
  });
});

describe('likeness by a correlation input', () => {
  it.each([
    ['our key', { by: 'mine' }, 'exact'],
    ['our key in capitals, among our inputs', { a: 1, b: 2, by: ' MINE' }, 'similar'],
    ['our key in capitals, among other inputs', { a: 7, by: ' MINE' }, 'different'],
    ['an empty key among our inputs', { a: 1, b: 2, by: '' }, 'similar'],
    ['null as the key among our inputs', { a: 1, b: 2, by: null }, 'similar'],
    ['another key among our inputs', { a: 1, b: 2, by: 'theirs' }, 'different'],
    ['no key among our inputs', { a: 1, b: 2 }, 'different'],
    ['null as its inputs', null, 'different'],
    ['no inputs at all', undefined, 'unknown'],
  ] as const)('the likeness of a run that shows %s', (_, inputs, expected) => {
    const sent = { ...wanted, inputs: { ...wanted.inputs, by: 'mine' }, otherForms: [] };

    expect(likenessOf(showing(inputs), correlated, sent, narrow)).toBe(expected);
  });
});
