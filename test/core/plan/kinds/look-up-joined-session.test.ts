import { describe, expect, it } from 'vitest';
import type { RunSnapshot } from '../../../../lambda/core/model/index.ts';
import { uuidV5 } from '../../../../lambda/core/model/keys.ts';
import { SECOND } from '../../../../lambda/core/model/time.ts';
import { startChain } from '../../../../lambda/rules/index.ts';
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
import { action, event, failCall, lineage, processEvent, setUp, world } from '../../support/scenario.ts';
import { START } from '../../support/system.ts';
import { createdRun } from '../../support/webhooks.ts';

const KEY = uuidV5('mine');
const plain = actionRecord({ kind: 'startChain', key: KEY, begun: BEGUN });
const keyed = { ...plain, correlate: 'by' };
const KEYED = { a: 1, by: KEY };
const bodyOf = (inputs: object, session_id?: string | null, later: object[] = [{ c: 1 }]) =>
  JSON.stringify({
    session_id,
    steps: [
      { workflow_id: 'next', inputs },
      ...later.map((more) => ({ workflow_id: 'other', inputs: more })),
    ],
  });

/** A run in the session `s`, created so many milliseconds after the attempt. */
const run = (id: string, inputs: unknown, at: number, more: Partial<RunSnapshot> = {}) =>
  foundRun(id, { session_id: 's', input_values: inputs, created_at: iso(START + at), ...more });
const first = (inputs: object = KEYED) => run('mine-1', inputs, 1000);
const second = run('mine-2', { c: 1 }, 1001, { workflow_id: 'other' });
/** Runs that others start in the session, before ours. */
const theirFirst = (inputs: unknown, more = {}) => run('theirs', inputs, 500, more);
const theirSecond = (inputs: unknown, more = {}) => theirFirst(inputs, { workflow_id: 'other', ...more });
const ours = (...runIds: string[]) => ({ kind: 'ours', runIds });

describe('a chain with correlate', () => {
  const single = bodyOf(KEYED, 's', []);

  it.each([
    ['other inputs', theirFirst({ a: 99 })],
    ['the key of another action', theirFirst({ a: 1, by: uuidV5('theirs') })],
    ['our other inputs', theirFirst({ a: 1 })],
    ['no inputs', theirFirst(null)],
    ['no time', theirFirst({ a: 99 }, { created_at: undefined })],
  ])('a run of others with %s is not the first step, while another run shows the key', async (_, theirs) => {
    expect(await lookUp(lookUpPorts([theirs, first()]), keyed, single)).toEqual(ours('mine-1'));
    expect(await lookUp(lookUpPorts([theirs, first(), second]), keyed, bodyOf(KEYED))).toEqual(
      candidate('mine-1', 'mine-2'),
    );
  });

  it.each([
    ['equal', { c: 1 }],
    ['similar', { c: 1, pages: 10 }],
    ['not shown', undefined],
    ['other', { c: 5 }],
  ])(
    'a later step whose inputs are %s is never taken in a session that others use too',
    async (_, inputs) => {
      const joined = bodyOf(KEYED, 's');

      expect(await lookUp(lookUpPorts([first(), theirSecond(inputs)]), keyed, joined)).toEqual(AMBIGUOUS);
      expect(await lookUp(lookUpPorts([first(), theirSecond(inputs), second]), keyed, joined)).toEqual(
        AMBIGUOUS,
      );
    },
  );

  it('the later steps of a session that the chain opened are known by the first one', async () => {
    for (const session of [undefined, null]) {
      const sent = bodyOf(KEYED, session);
      const hidden = { ...second, input_values: null };

      expect(await lookUp(lookUpPorts([first(), second]), keyed, sent)).toEqual(
        candidate('mine-1', 'mine-2'),
      );
      // The first one shows its inputs, so this may be a stranger's, and ours not be listed yet.
      expect(await lookUp(lookUpPorts([first(), hidden]), keyed, sent)).toEqual(AMBIGUOUS);
      expect(await lookUp(lookUpPorts([first(), second, theirSecond({ c: 1 })]), keyed, sent)).toEqual(
        AMBIGUOUS,
      );
    }
  });

  it('two runs with the key leave a lookup ambiguous', async () => {
    expect(await lookUp(lookUpPorts([first(), run('copy', KEYED, 2000)]), keyed, single)).toEqual(AMBIGUOUS);
  });

  it('a run with the key that a person has given to another action leaves a lookup ambiguous', async () => {
    const given = { 'mine-1': { action: 'theirs' } };

    expect(await lookUp(lookUpPorts([first()], given), keyed, single)).toEqual(AMBIGUOUS);
  });

  it('a chain whose runs are all on record is ours, whoever else uses its session', async () => {
    const recorded = { 'mine-1': { action: KEY }, 'mine-2': { action: KEY } };
    const runs = [theirSecond({ c: 1 }), first(), second];

    expect(await lookUp(lookUpPorts(runs, recorded), keyed, bodyOf(KEYED, 's'))).toEqual(
      ours('mine-1', 'mine-2'),
    );
  });

  it('a first step with the key is not overlooked because the list of its session lacks it', async () => {
    const ports = lookUpPorts([first(), second]);
    ports.cyberdesk.answers.findRuns = ({ sessionId }) =>
      answered({ runs: sessionId === undefined ? [first()] : [second] });

    expect(await lookUp(ports, keyed, bodyOf(KEYED))).toEqual(candidate('mine-1', 'mine-2'));
  });

  /** The response to a chain is lost. */
  async function loseChain(session_id: string | null = null): Promise<string> {
    const steps = [
      { workflow_id: 'workflow-next', inputs: { a: 1 } },
      { workflow_id: 'other', inputs: { c: 1 } },
    ];
    await setUp({ name: 'r', actions: () => startChain({ session_id, steps }, { correlate: 'by' }) });
    failCall('createChain', { mayHaveTakenEffect: true });
    await processEvent();
    return action().key;
  }

  const created = (id: string, workflow_id: string, input_values: unknown, at: number) =>
    createdRun(id, START + at, { workflow_id, input_values, session_id: 's' } as never);

  it('no run of others becomes a later step while the list may not show ours yet', async () => {
    const key = await loseChain();
    const own = created('mine-1', 'workflow-next', { a: 1, by: key }, 200);
    world.cyberdesk.runs = [own, created('theirs', 'other', { c: 1 }, 300)];
    world.later(60 * SECOND);
    await processEvent({}, 2);

    expect([event().state, lineage('theirs'), lineage('mine-1')]).toEqual(['received', undefined, undefined]);
    world.cyberdesk.runs = [own, created('mine-2', 'other', { c: 1 }, 201)];
    world.later(200 * SECOND);
    await processEvent({}, 3);

    expect([event().state, lineage('mine-2')?.action]).toEqual(['processed', key]);
    expect(world.cyberdesk.named('createChain')).toHaveLength(1);
  });

  it('no run of others becomes a follow-up, although the response to ours was lost', async () => {
    const key = await loseChain('s');
    world.cyberdesk.runs = [
      created('theirs', 'workflow-next', { a: 99 }, 100),
      created('mine-1', 'workflow-next', { a: 1, by: key }, 200),
      created('mine-2', 'other', { c: 1 }, 201),
    ];
    world.later(200 * SECOND);
    await processEvent({}, 2);

    expect(event()).toMatchObject({ state: 'failed', reason: 'outcome_unknown' });
    expect(lineage('theirs')).toBeUndefined();
    expect(world.cyberdesk.named('createChain')).toHaveLength(1);
  });
});

describe('a chain without correlate', () => {
  const joined = bodyOf({ a: 1 }, 's');

  it('a run of others with other inputs is not a later step', async () => {
    const runs = [theirSecond({ c: 5 }), first({ a: 1 })];

    expect(await lookUp(lookUpPorts([...runs, second]), plain, joined)).toEqual(
      candidate('mine-1', 'mine-2'),
    );
    expect(await lookUp(lookUpPorts(runs), plain, joined)).toEqual(AMBIGUOUS);
  });

  it('a merely similar later step in a joined session leaves a lookup ambiguous', async () => {
    const similar = theirSecond({ c: 1, pages: 10 });

    expect(await lookUp(lookUpPorts([similar, first({ a: 1 })]), plain, joined)).toEqual(AMBIGUOUS);
    expect(await lookUp(lookUpPorts([similar, first({ a: 1 }), second]), plain, joined)).toEqual(AMBIGUOUS);
  });

  it('a later step without inputs is found in a joined session if it shows none', async () => {
    const sent = bodyOf({ a: 1 }, 's', [{}]);
    const shown = (inputs: unknown) => lookUpPorts([first({ a: 1 }), { ...second, input_values: inputs }]);

    for (const inputs of [{}, null, undefined])
      expect(await lookUp(shown(inputs), plain, sent)).toEqual(candidate('mine-1', 'mine-2'));
    expect(await lookUp(shown({ pages: 10 }), plain, sent)).toEqual(AMBIGUOUS);
  });

  it('the session that a rule names in capitals is the one that the list shows', async () => {
    expect(await lookUp(lookUpPorts([first({ a: 1 }), second]), plain, bodyOf({ a: 1 }, 'S'))).toEqual(
      candidate('mine-1', 'mine-2'),
    );
  });

  it('an equal chain in another session than the one that was named leaves a lookup ambiguous', async () => {
    expect(await lookUp(lookUpPorts([first({ a: 1 }), second]), plain, bodyOf({ a: 1 }, 't'))).toEqual(
      AMBIGUOUS,
    );
  });

  it('a later step whose inputs are shown in another way is known by the first one in a session of its own', async () => {
    const shown = { ...second, input_values: { c: '1', pages: 10 } };

    expect(await lookUp(lookUpPorts([first({ a: 1 }), shown]), plain, bodyOf({ a: 1 }))).toEqual(
      candidate('mine-1', 'mine-2'),
    );
  });

  it('a chain whose call was answered is completed in its own session, with whatever the API shows', async () => {
    const recorded = { 'mine-1': { action: KEY } };
    const runs = [first({ a: 1, pages: 10 }), { ...second, input_values: { c: 1, pages: 10 } }];

    expect(await lookUp(lookUpPorts(runs, recorded), plain, bodyOf({ a: 1 }))).toEqual(
      candidate('mine-1', 'mine-2'),
    );
    const adopted = { 'mine-1': { action: KEY, adopted: true } };
    expect(await lookUp(lookUpPorts(runs, adopted), plain, bodyOf({ a: 1 }, 's'))).toEqual(AMBIGUOUS);
  });

  it('a chain of which nothing is listed was not started', async () => {
    expect(await lookUp(lookUpPorts([theirFirst({ a: 99 }), second]), plain, joined)).toEqual(NONE);
  });
});
