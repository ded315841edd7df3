import { describe, expect, it } from 'vitest';
import type { RunSnapshot } from '../../../../lambda/core/model/index.ts';
import { answered } from '../../support/cyberdesk.ts';
import { actionRecord } from '../../support/items.ts';
import {
  AMBIGUOUS,
  BEGUN,
  candidate,
  foundRun,
  iso,
  lookUp,
  lookUpPorts,
  NONE,
} from '../../support/look-up.ts';
import { START } from '../../support/system.ts';

const chain = actionRecord({ kind: 'startChain', key: 'mine', begun: BEGUN });
const FIRST = { a: 1, b: 2 };
const bodyOf = (...steps: [workflow: string, inputs?: object][]) =>
  JSON.stringify({ steps: steps.map(([workflow_id, inputs]) => ({ workflow_id, inputs })) });
/** One that starts a run of `next` with the inputs of {@link FIRST}, and then a run of `other`. */
const body = bodyOf(['next', FIRST], ['other', { c: 1 }]);

/** A run in the session `s` that looks like the first step. */
const first = (id: string, more: Partial<RunSnapshot> = {}) =>
  foundRun(id, { session_id: 's', input_values: FIRST, ...more });
const second = (id: string, more: Partial<RunSnapshot> = {}) =>
  first(id, { workflow_id: 'other', input_values: { c: 1 }, ...more });
const SIMILAR = { input_values: { ...FIRST, pages: 10 } };
const theirs = (...ids: string[]) => Object.fromEntries(ids.map((id) => [id, { action: 'theirs' }]));

describe('the session of a chain', () => {
  it('a lookup takes the steps of a chain in the order of their creation, however they are listed', async () => {
    const steps = ['x', 'y', 'z'].map((id, at) => first(id, { created_at: iso(START + at) }));
    const equal = bodyOf(['next', FIRST], ['next', FIRST], ['next', FIRST]);

    expect(await lookUp(lookUpPorts(steps.toReversed()), chain, equal)).toEqual(candidate('x', 'y', 'z'));
  });

  it('the steps on record of a chain of one workflow are those that show their inputs, however they are listed', async () => {
    const steps = [first('y', { input_values: { a: 3 } }), first('x')];
    const sent = bodyOf(['next', FIRST], ['next', { a: 3 }]);
    const ours = { x: { action: 'mine' }, y: { action: 'mine' } };

    expect(await lookUp(lookUpPorts(steps, ours), chain, sent)).toEqual({ kind: 'ours', runIds: ['x', 'y'] });
  });

  it('a lookup passes over runs of other workflows in the session of a chain', async () => {
    const foreign = first('foreign', { workflow_id: 'third' });

    expect(await lookUp(lookUpPorts([first('x'), foreign, second('y')]), chain, body)).toEqual(
      candidate('x', 'y'),
    );
    expect(await lookUp(lookUpPorts([first('x'), foreign]), chain, body)).toEqual(AMBIGUOUS);
  });

  it('a lookup passes over runs of other sessions, which an API may list that ignores the filter', async () => {
    const ports = lookUpPorts([]);
    const runs = [first('x'), second('y', { session_id: 't' }), second('z')];
    ports.cyberdesk.answers.findRuns = () => answered({ runs });

    expect(await lookUp(ports, chain, body)).toEqual(candidate('x', 'z'));
  });

  it('a lookup takes no run with other inputs for the first step of a chain', async () => {
    const different = first('different', { input_values: { a: 9 }, created_at: iso(START - 1) });

    expect(await lookUp(lookUpPorts([different, first('x'), second('y')]), chain, body)).toEqual(
      candidate('x', 'y'),
    );
  });

  it('a later step with the inputs of the first one is not taken for another beginning of the chain', async () => {
    const alike = second('y', { input_values: FIRST });
    const both = bodyOf(['next', FIRST], ['other', FIRST]);

    expect(await lookUp(lookUpPorts([first('x'), alike]), chain, both)).toEqual(candidate('x', 'y'));
    // The first step belongs to another action, so the rest does as well.
    expect(await lookUp(lookUpPorts([first('x'), alike], theirs('x')), chain, both)).toEqual(NONE);
  });

  it.each<[string, string, RunSnapshot]>([
    ['workflow', bodyOf(['next', FIRST], ['other', FIRST]), second('z', { input_values: FIRST })],
    ['input', bodyOf(['next', FIRST], ['next', { a: 2 }]), first('z', { input_values: { a: 2 } })],
  ])('two beginnings of a chain whose steps differ by %s leave a lookup ambiguous', async (_, sent, last) => {
    expect(await lookUp(lookUpPorts([first('x'), last]), chain, sent)).toEqual(candidate('x', 'z'));
    expect(await lookUp(lookUpPorts([first('x'), first('y'), last]), chain, sent)).toEqual(AMBIGUOUS);
  });

  it('a later step of the same workflow with an input of its own is no other beginning of the chain', async () => {
    const later = first('y', { input_values: { c: 1 }, created_at: iso(START + 1) });
    const sent = bodyOf(['next', FIRST], ['next', { c: 1 }]);

    expect(await lookUp(lookUpPorts([first('x'), later]), chain, sent)).toEqual(candidate('x', 'y'));
  });

  it('a chain with correlate is found although several of its steps are of one workflow', async () => {
    const keyed = first('x', { input_values: { ...FIRST, by: 'mine' } });
    const later = first('y', { input_values: { a: 2 }, created_at: iso(START + 1) });
    const sent = bodyOf(['next', { ...FIRST, by: 'mine' }], ['next', { a: 2 }]);

    expect(await lookUp(lookUpPorts([keyed, later]), { ...chain, correlate: 'by' }, sent)).toEqual(
      candidate('x', 'y'),
    );
  });

  it('a chain of which another action has adopted one run leaves a lookup ambiguous', async () => {
    const ports = lookUpPorts([first('x'), second('y')], { x: { action: 'theirs', adopted: true } });

    expect(await lookUp(ports, chain, body)).toEqual(AMBIGUOUS);
  });
});

it.each([
  ['another value in the first step', [first('x', { input_values: { a: 'one' } }), second('y')]],
  ['another value in a later step', [first('x'), second('y', { input_values: { c: 'one' } })]],
  ['no workflow in a later step', [first('x'), second('y', { workflow_id: undefined })]],
])('a chain that is on record as ours is ours, although it shows %s', async (_, runs) => {
  const mine = { x: { action: 'mine' }, y: { action: 'mine' } };
  const ports = lookUpPorts(runs, mine);
  ports.cyberdesk.answers.findRuns = ({ sessionId }) =>
    answered({ runs: sessionId === undefined ? runs.slice(0, 1) : runs });

  expect(await lookUp(ports, chain, body)).toEqual({ kind: 'ours', runIds: ['x', 'y'] });
});

describe('several sessions', () => {
  const inT = { session_id: 't' };

  it('our lineage in a session that lacks a step does not hide the whole chain in another one', async () => {
    const runs = [first('v'), first('x', inT), second('y', inT)];

    expect(
      await lookUp(lookUpPorts(runs, { v: { action: 'mine' }, x: { action: 'mine' } }), chain, body),
    ).toEqual(candidate('x', 'y'));
  });

  it('a merely similar session is not in the way of the equal one, whoever has its runs', async () => {
    const runs = [first('v', { ...inT, ...SIMILAR }), second('w', inT), first('x'), second('y')];

    for (const owned of [theirs('v', 'w'), {}])
      expect(await lookUp(lookUpPorts(runs, owned), chain, body)).toEqual(candidate('x', 'y'));
  });

  it('a merely similar chain is not taken because the equal one belongs to another action', async () => {
    const runs = [first('x'), second('y'), first('v', { ...inT, ...SIMILAR }), second('w', inT)];

    expect(await lookUp(lookUpPorts(runs, theirs('x', 'y')), chain, body)).toEqual(AMBIGUOUS);
  });
});

describe('a chain of one step', () => {
  const single = bodyOf(['next', FIRST]);

  it.each([null, undefined])(
    'a chain of one step is found although its run shows %s as its session',
    async (session_id) => {
      expect(await lookUp(lookUpPorts([first('x', { session_id })]), chain, single)).toEqual(candidate('x'));
      expect(await lookUp(lookUpPorts([first('x', { session_id, ...SIMILAR })]), chain, single)).toEqual(
        AMBIGUOUS,
      );
    },
  );

  it('a lookup of a chain lists each session once, and none for a run that shows no session', async () => {
    const ports = lookUpPorts([first('x', { session_id: null }), first('y'), first('z')]);

    await lookUp(ports, chain, single);

    expect(ports.cyberdesk.named('findRuns').map(({ args }) => args[0])).toMatchObject([
      { workflowId: 'next' },
      { sessionId: 's' },
    ]);
  });
});

it('a chain without steps, of rules in plain JavaScript, is looked up without an error', async () => {
  expect(await lookUp(lookUpPorts([first('x')]), chain, '{}')).toEqual(NONE);
  expect(await lookUp(lookUpPorts([first('x')]), chain, '{"steps":[]}')).toEqual(NONE);
});
