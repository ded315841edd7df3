import { describe, expect, it } from 'vitest';
import type { ActionRecord, RunSnapshot } from '../../../../lambda/core/model/index.ts';
import {
  isOfWorkflow,
  likenessOf,
  mayHave,
  type Wanted,
} from '../../../../lambda/core/plan/kinds/likeness.ts';
import { actionRecord } from '../../support/items.ts';
import { foundRun, iso } from '../../support/look-up.ts';
import { START } from '../../support/system.ts';

const SHARED = { a: 1 };
const OWN = { b: 2 };
/** A chain whose first step has inputs of its own beside those that all steps share. */
const SENT = { ...SHARED, ...OWN };
const asking = (inputs: object): Wanted => ({
  steps: [{ workflowId: 'next', inputs }],
  together: 'session',
});
const wanted = asking(SENT);
const narrow = { createdFrom: START, createdTo: START + 10 };
const uncorrelated = actionRecord({ key: 'mine' });
const correlated = actionRecord({ key: '8d3f1c52-6a0e-5b7d-9c41-2e8fa06b7d13', correlate: 'by' });
const showing = (input_values: RunSnapshot['input_values'], more: Partial<RunSnapshot> = {}) =>
  foundRun('x', { input_values, ...more });
const likeness = (run: RunSnapshot, { key, correlate }: ActionRecord = uncorrelated, asked = wanted) =>
  likenessOf(run, { wanted: asked, correlate, keys: [key], narrow });

describe('likeness by inputs', () => {
  it.each([
    ['all that was sent', { b: 2, a: 1 }, 'exact'],
    ['all that was sent, and a default', { a: 1, b: 2, pages: 10 }, 'similar'],
    ['only what the step has of its own', OWN, 'similar'],
    ['what the step has of its own, and a default', { b: 2, pages: 10 }, 'similar'],
    ['only what the steps share', SHARED, 'similar'],
    ['all that was sent under other names', { first: 1, second: 2 }, 'unrelated'],
    ['other inputs', { a: 1, b: 3 }, 'different'],
    ['another input, and not the rest', { b: 3 }, 'different'],
    ['null as its inputs', null, 'unknown'],
    ['empty inputs', {}, 'unknown'],
    ['its inputs as text', '{"a":1,"b":2}', 'unknown'],
    ['its inputs as a list', [1, 2], 'unknown'],
    ['no inputs at all', undefined, 'unknown'],
  ] as const)('the likeness of a run that shows %s', (_, inputs, expected) => {
    expect(likeness(showing(inputs))).toBe(expected);
    expect(mayHave(SENT, showing(inputs))).toBe(expected !== 'different');
  });

  it('an equal run from outside the window by the clock of the API is only equal', () => {
    expect(likeness(showing(SENT, { created_at: iso(START + 10) }))).toBe('exact');
    expect(likeness(showing(SENT, { created_at: iso(START + 11) }))).toBe('equal');
    expect(likeness(showing(SENT, { created_at: iso(START - 1) }))).toBe('equal');
  });

  it('no run is exactly what was asked for without inputs', () => {
    const bare = asking({});

    expect(likeness(showing({}), uncorrelated, bare)).toBe('unknown');
    expect(likeness(showing({ a: 1 }), uncorrelated, bare)).toBe('similar');
  });
});

const MINE = '8d3f1c52-6a0e-5b7d-9c41-2e8fa06b7d13';
const THEIRS = '1b9e4d77-03c2-5f18-a6d5-90c7e2b41f6a';
/** No key of an action: it has another version. */
const ALIAS = '1b9e4d77-03c2-4f18-a6d5-90c7e2b41f6a';

describe('likeness by a correlation input', () => {
  it.each([
    ['our key', { by: MINE }, 'exact'],
    ['our key in capitals', { a: 1, b: 2, by: ` ${MINE.toUpperCase()}` }, 'similar'],
    ['our key in capitals, among other inputs', { a: 7, by: MINE.toUpperCase() }, 'similar'],
    ['our key, cut off', { a: 1, b: 2, by: MINE.slice(0, 20) }, 'similar'],
    ['our key with something behind it', { a: 1, b: 2, by: `${MINE}-1` }, 'similar'],
    ['our key in quotes', { a: 1, b: 2, by: `"${MINE}"` }, 'similar'],
    ['our key in a list', { a: 1, b: 2, by: [MINE] }, 'similar'],
    ['a mask', { a: 1, b: 2, by: '***' }, 'similar'],
    ['an id in place of our key', { a: 1, b: 2, by: ALIAS }, 'similar'],
    ['a mask among respelled inputs', { a: '1', b: null, by: '***' }, 'similar'],
    ['an empty key', { a: 1, b: 2, by: '' }, 'similar'],
    ['null as the key', { a: 1, b: 2, by: null }, 'similar'],
    ['no key among our inputs', { a: 1, b: 2 }, 'similar'],
    ['no key among other inputs', { a: 1, b: 3 }, 'different'],
    ['neither our key nor any of our inputs', { c: 1 }, 'unrelated'],
    ['a mask and none of our inputs', { c: 1, by: '***' }, 'similar'],
    ['the key of another action among our inputs', { a: 1, b: 2, by: THEIRS }, 'different'],
    ['the key of another action in quotes', { a: 1, b: 2, by: `"${THEIRS.toUpperCase()}"` }, 'different'],
    ['null as its inputs', null, 'unknown'],
    ['empty inputs', {}, 'unknown'],
    ['its inputs as text', `{"by":"${MINE}"}`, 'unknown'],
    ['no inputs at all', undefined, 'unknown'],
  ] as const)('the likeness of a run that shows %s', (_, inputs, expected) => {
    const sent = asking({ ...SENT, by: MINE });

    expect(likeness(showing(inputs), correlated, sent)).toBe(expected);
  });

  it.each([
    ['without a workflow', { workflow_id: undefined }],
    ['from another time', { created_at: iso(START + 11) }],
  ] as const)('the likeness of a run %s that shows our key', (_, more) => {
    expect(likeness(showing({ by: MINE }, more), correlated)).toBe('exact');
    expect(likeness(showing({ by: `"${MINE}"` }, more), correlated)).toBe('similar');
  });
});

const WORKFLOW = '4e0b7c1a-93d2-4f6e-8a57-b1c09d3e6f24';
const OTHER = '7c1f40d9-2b8e-4a63-9d05-e6a3f8170bc2';

describe('the workflow of a run', () => {
  it.each([
    ['in capitals', WORKFLOW.toUpperCase(), true],
    ['without dashes', WORKFLOW.replaceAll('-', ''), true],
    ['in braces', `{${WORKFLOW}}`, true],
    ['as a URN', `urn:uuid:${WORKFLOW}`, true],
    ['as a number', 7, true],
    ['as an object', { id: WORKFLOW }, true],
    ['as a text without a UUID', 'invoices', true],
    ['with a prefix', `wf-${WORKFLOW}`, true],
    ['after the id of a tenant', `${OTHER}:${WORKFLOW}`, true],
    ['as a decimal number', '103739416061138945340335556833081978660', true],
    ['as a hash', WORKFLOW.replaceAll('-', '').repeat(2), true],
    ['as null', null, true],
    ['as an empty text', '', true],
    ['as another id', OTHER, false],
    ['as another id in braces', `{${OTHER.toUpperCase()}}`, false],
    ['as another id without dashes', OTHER.replaceAll('-', ''), false],
  ])('the workflow of a run that is shown %s', (_, workflow_id, mayBe) => {
    const run = { ...showing(SENT), workflow_id } as RunSnapshot;

    expect(isOfWorkflow(run, WORKFLOW)).toBe(mayBe);
  });

  it('an id that is no UUID is compared as it is', () => {
    expect(isOfWorkflow(showing(SENT, { workflow_id: 'NEXT' }), 'next')).toBe(true);
    expect(isOfWorkflow(showing(SENT, { workflow_id: 'wf-1-1' }), 'wf-11')).toBe(false);
    expect(isOfWorkflow(showing(SENT, { workflow_id: OTHER }), 'next')).toBe(false);
  });
});
