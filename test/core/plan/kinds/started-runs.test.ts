import { expect, it } from 'vitest';
import { endedAtCompletion, type RunSnapshot } from '../../../../lambda/core/model/index.ts';
import { uuidV5 } from '../../../../lambda/core/model/keys.ts';
import { HOUR, MINUTE, SECOND } from '../../../../lambda/core/model/time.ts';
import { answered, callFailure } from '../../support/cyberdesk.ts';
import {
  AMBIGUOUS,
  candidate,
  foundRun,
  iso,
  lookUp,
  lookUpPorts,
  NONE,
  startAction,
} from '../../support/look-up.ts';
import { START } from '../../support/system.ts';

it('a lookup finds a run with the same workflow and equal inputs in any order', async () => {
  expect(await lookUp(lookUpPorts([foundRun('x'), foundRun('y', { workflow_id: 'other' })]))).toEqual(
    candidate('x'),
  );
  expect(await lookUp(lookUpPorts([foundRun('x', { input_values: { a: 2 } })]))).toEqual(NONE);
  expect(await lookUp(lookUpPorts([]))).toEqual(NONE);
});

it('a lookup finds a run whose workflow the API spells in small letters, as a rule may not have', async () => {
  const ports = lookUpPorts([foundRun('x', { workflow_id: 'abc-1' })]);
  const body = '{"workflow_id":"ABC-1","input_values":{"a":1,"b":2}}';

  expect(await lookUp(ports, startAction, body)).toEqual(candidate('x'));
});

it('a run whose workflow is shown as something else than an id leaves a lookup ambiguous', async () => {
  for (const workflow_id of [7, null, { id: 'next' }, ['next']]) {
    const ports = lookUpPorts([]);
    ports.cyberdesk.answers.findRuns = () =>
      answered({ runs: [foundRun('x', { workflow_id: workflow_id as never })] });

    expect(await lookUp(ports)).toEqual(AMBIGUOUS);
  }
});

it('a lookup finds a run whose workflow the API writes in another form than the rule', async () => {
  const id = '4e0b7c1a-93d2-4f6e-8a57-b1c09d3e6f24';
  const body = `{"workflow_id":"${id}","input_values":{"a":1,"b":2}}`;
  for (const workflow_id of [id.replaceAll('-', ''), `{${id.toUpperCase()}}`, `urn:uuid:${id}`]) {
    const ports = lookUpPorts([]);
    ports.cyberdesk.answers.findRuns = () => answered({ runs: [foundRun('x', { workflow_id })] });

    expect(await lookUp(ports, startAction, body)).toEqual(candidate('x'));
  }
});

it.each([
  ['before the run ended that it would follow', { created_at: iso(START - 5 * MINUTE) }],
  ['after the time in which an attempt can take effect', { created_at: iso(START + HOUR) }],
  ['at no time', { created_at: 'never' }],
  ['of a workflow that is not shown', { workflow_id: undefined }],
  ['of a workflow that is shown as a number', { workflow_id: 7 as never }],
])('a run with our key is ours even if it is shown as created %s', async (_, more) => {
  const correlated = { ...startAction, correlate: 'by', key: 'mine' };
  const traceOf = (by: string) => {
    const ports = lookUpPorts([]);
    const input_values = { a: 1, b: 2, by };
    ports.cyberdesk.answers.findRuns = () => answered({ runs: [foundRun('x', { input_values, ...more })] });
    return lookUp(ports, correlated, undefined, { completion: endedAtCompletion(START) });
  };

  expect(await traceOf('mine')).toEqual({ kind: 'ours', runIds: ['x'] });
  expect(await traceOf('"MINE"')).toEqual(AMBIGUOUS);
});

it('a run that was created before the run ended that it would follow is another one, whatever it shows', async () => {
  const completion = endedAtCompletion(START + 2 * MINUTE);
  const traceOf = (created: number) =>
    lookUp(lookUpPorts([foundRun('x', { created_at: iso(created) })]), startAction, undefined, {
      completion,
    });

  // The clocks of Cyberdesk's own servers may differ.
  expect(await traceOf(START + MINUTE)).toEqual(candidate('x'));
  expect(await traceOf(START + MINUTE - 1)).toEqual(NONE);
});

it('a lookup treats absent inputs as empty ones, which every run of the workflow may have', async () => {
  const p = lookUpPorts([foundRun('x', { input_values: null })]);

  for (const inputs of ['', ',"input_values":{}', ',"input_values":null']) {
    expect(await lookUp(p, startAction, `{"workflow_id":"next"${inputs}}`)).toEqual(AMBIGUOUS);
  }
});

it('a run that merely resembles what was sent, or does not show its inputs, leaves a lookup ambiguous', async () => {
  for (const input_values of [
    { a: 1, b: 2, c: 'default' },
    { a: '1', b: 2.0000001 },
    { a: 1 },
    {},
    null,
    '{"a":1,"b":2}',
    undefined,
  ])
    expect(await lookUp(lookUpPorts([foundRun('x', { input_values })]))).toEqual(AMBIGUOUS);
});

it('a run that shows what was sent outweighs one that merely resembles it, but not one of another time', async () => {
  for (const input_values of [{ a: 1, b: 2, c: 3 }, { a: 1 }, { a: '1', b: 2 }, {}, null, undefined])
    expect(await lookUp(lookUpPorts([foundRun('x'), foundRun('y', { input_values })]))).toEqual(
      candidate('x'),
    );
  expect(await lookUp(lookUpPorts([foundRun('x'), foundRun('y', { created_at: '' })]))).toEqual(AMBIGUOUS);
  // What another action has says nothing about ours.
  const taken = { x: { action: 'theirs' } };
  expect(await lookUp(lookUpPorts([foundRun('x'), foundRun('y', { input_values: null })], taken))).toEqual(
    AMBIGUOUS,
  );
});

it('a run that another action has adopted is not in the way of one that shows what was sent', async () => {
  const adopted = { y: { action: 'theirs', adopted: true } };

  for (const input_values of [
    { a: 1, b: 2 },
    { a: 1, b: 2, c: 3 },
  ]) {
    const other = foundRun('y', { input_values });
    expect(await lookUp(lookUpPorts([foundRun('x'), other], adopted))).toEqual(candidate('x'));
    expect(await lookUp(lookUpPorts([other], adopted))).toEqual(AMBIGUOUS);
  }
});

it('a run that is on record as ours is ours, whatever it shows and whatever else is listed', async () => {
  const mine = { x: { action: 'mine' } };

  for (const input_values of [null, { A: 1, B: 2 }, { a: 'one', b: 2 }, { a: 9 }, { a: 1, b: 2, c: 3 }])
    for (const others of [[], [foundRun('y')]])
      for (const owner of [{}, { y: { action: 'theirs' } }, { y: { action: 'theirs', adopted: true } }])
        expect(
          await lookUp(lookUpPorts([foundRun('x', { input_values }), ...others], { ...mine, ...owner })),
        ).toEqual({ kind: 'ours', runIds: ['x'] });
});

it('the run that has ended is not what its own follow-up has started, even if nothing is shown of it', async () => {
  const ended = foundRun('run-1', { input_values: null });

  expect(await lookUp(lookUpPorts([ended]))).toEqual(NONE);
  expect(await lookUp(lookUpPorts([ended, foundRun('x')]))).toEqual(candidate('x'));
});

it('a run with none of our inputs, and others instead, leaves a lookup unanswered until an action has it', async () => {
  const other = foundRun('y', { input_values: { c: 3 } });
  const unanswered = { kind: 'unanswered', failure: { unclear: true } };

  expect(await lookUp(lookUpPorts([other]))).toMatchObject(unanswered);
  // Two actions would wait for each other.
  expect(await lookUp(lookUpPorts([other, foundRun('x')]))).toEqual(candidate('x'));
  // The list shows our inputs, so it would show them of ours.
  for (const input_values of [null, {}, undefined])
    expect(await lookUp(lookUpPorts([foundRun('y', { input_values }), foundRun('x')]))).toEqual(
      candidate('x'),
    );
  for (const adopted of [false, true]) {
    const taken = { y: { action: 'theirs', adopted } };
    expect(await lookUp(lookUpPorts([other], taken))).toEqual(NONE);

    const blank = foundRun('y', { input_values: {} });
    expect(await lookUp(lookUpPorts([blank, foundRun('x')], taken))).toEqual(candidate('x'));
  }
});

it('a correlation input finds its run among equal ones, with whatever else the API shows', async () => {
  const correlated = { ...startAction, correlate: 'by', key: 'mine' };
  const theirs = uuidV5('theirs');
  const others = [
    foundRun('x', { input_values: { a: 2, b: 2 } }),
    foundRun('y', { input_values: { a: 1, b: 2, by: theirs } }),
  ];
  const found = foundRun('z', { input_values: { a: 1, b: 2, c: 3, by: 'mine' } });
  const twin = foundRun('twin', { input_values: { by: 'mine' } });

  expect(await lookUp(lookUpPorts([...others, found]), correlated)).toEqual({ kind: 'ours', runIds: ['z'] });
  expect(await lookUp(lookUpPorts(others), correlated)).toEqual(NONE);
  expect(await lookUp(lookUpPorts([...others, found, twin]), correlated)).toEqual(AMBIGUOUS);
});

it('a run of another workflow that shows a copy of our key is in doubt, until ours is found', async () => {
  const correlated = { ...startAction, correlate: 'by', key: 'mine' };
  const input_values = { a: 1, b: 2, by: 'mine' };
  const copy = foundRun('x', { input_values, workflow_id: 'other' });
  const traceOf = (...runs: RunSnapshot[]) => {
    const ports = lookUpPorts([]);
    ports.cyberdesk.answers.findRuns = () => answered({ runs });
    return lookUp(ports, correlated);
  };

  expect(await traceOf(copy)).toEqual(AMBIGUOUS);
  expect(await traceOf(copy, foundRun('z', { input_values }))).toEqual({ kind: 'ours', runIds: ['z'] });
});

it('a run that another action has found by its own inputs is never taken for one with a correlation input', async () => {
  const correlated = { ...startAction, correlate: 'by', key: 'mine' };
  const other = foundRun('y', { input_values: { c: 3 } });

  expect(await lookUp(lookUpPorts([other], { y: { action: 'theirs', adopted: true } }), correlated)).toEqual(
    NONE,
  );
  expect(await lookUp(lookUpPorts([other]), correlated)).toMatchObject({ kind: 'unanswered' });
});

it.each([
  ['MINE', AMBIGUOUS],
  [' mine ', AMBIGUOUS],
  ['', NONE],
  [null, NONE],
])(
  'a run that shows the correlation input as %j may be ours if the rest is, so it leaves a lookup ambiguous',
  async (by, amongOthers) => {
    const correlated = { ...startAction, correlate: 'by', key: 'mine' };
    const found = (inputs: object) => lookUpPorts([foundRun('x', { input_values: { ...inputs, by } })]);

    expect(await lookUp(found({ a: 1, b: 2 }), correlated)).toEqual(AMBIGUOUS);
    expect(await lookUp(found({ a: 1, b: 3 }), correlated)).toEqual(amongOthers);
    const exact = foundRun('z', { input_values: { a: 1, b: 2, by: 'mine' } });
    const both = lookUpPorts([foundRun('x', { input_values: { a: 1, b: 2, by } }), exact]);
    expect(await lookUp(both, correlated)).toEqual({ kind: 'ours', runIds: ['z'] });
  },
);

it.each(['never', undefined])(
  'a run that shows %s as its time of creation leaves a lookup ambiguous',
  async (at) => {
    const run = { ...foundRun('x'), created_at: at } as RunSnapshot;

    expect(await lookUp(lookUpPorts([run]))).toEqual(AMBIGUOUS);
  },
);

it.each([undefined, null, {}, 'text'])(
  'a lookup by a correlation input is unanswered while a run shows %j as its inputs',
  async (input_values) => {
    const p = lookUpPorts([foundRun('x', { input_values })]);

    expect(await lookUp(p, { ...startAction, correlate: 'by' })).toMatchObject({
      kind: 'unanswered',
      failure: { unclear: true },
    });
  },
);

it('a run that does not show its inputs is not in the way where the key itself is found, or our lineage', async () => {
  const correlated = { ...startAction, correlate: 'by', key: 'mine' };
  const bare = foundRun('x', { input_values: null });
  const keyed = foundRun('z', { input_values: { a: 1, b: 2, by: 'mine' } });

  expect(await lookUp(lookUpPorts([bare, keyed]), correlated)).toEqual({ kind: 'ours', runIds: ['z'] });
  expect(await lookUp(lookUpPorts([bare], { x: { action: 'mine' } }), correlated)).toEqual({
    kind: 'ours',
    runIds: ['x'],
  });
});

it('a run that does not show its inputs is not in the way if it belongs to another action', async () => {
  const ports = lookUpPorts([foundRun('x', { input_values: null })], { x: { action: 'theirs' } });

  expect(await lookUp(ports, { ...startAction, correlate: 'by' })).toEqual(NONE);
});

it('a run that shows neither its workflow nor other inputs leaves a lookup ambiguous', async () => {
  const hidden = foundRun('x', { workflow_id: undefined });

  const ports = lookUpPorts([]);
  ports.cyberdesk.answers.findRuns = () => answered({ runs: [hidden] });

  expect(await lookUp(ports)).toEqual(AMBIGUOUS);
});

it('a lookup considers only the time in which the attempts may have taken effect', async () => {
  const from = START - MINUTE;
  const to = START + 5 * SECOND + 40 * SECOND + MINUTE;
  for (const [at, isIn] of [
    [from - 1, false],
    [from, true],
    [to, true],
    [to + 1, false],
  ] as const) {
    expect(await lookUp(lookUpPorts([foundRun('x', { created_at: iso(at) })]))).toEqual(
      isIn ? candidate('x') : NONE,
    );
  }

  const p = lookUpPorts([]);

  await lookUp(p);

  expect(p.cyberdesk.named('findRuns')[0]?.args[0]).toEqual({
    workflowId: 'next',
    createdFrom: from,
    createdTo: to,
  });
});

/** The clock of the API is this far ahead, by the `Date` of its answers. */
function withClockOffset(clockOffset: number, createdAt: number) {
  const p = lookUpPorts([]);
  const runs = [foundRun('x', { created_at: iso(createdAt) })];
  p.cyberdesk.answers.findRuns = () => answered({ runs, clockOffset });
  return p;
}

it("a run outside the window by the API's own clock leaves a lookup ambiguous", async () => {
  const from = START + 30 * SECOND - 7 * SECOND;
  const to = START + 30 * SECOND + (5 + 40 + 7) * SECOND;
  for (const at of [from, to]) {
    expect(await lookUp(withClockOffset(30 * SECOND, at))).toEqual(candidate('x'));
  }
  for (const at of [from - 1, to + 1]) {
    expect(await lookUp(withClockOffset(30 * SECOND, at))).toEqual(AMBIGUOUS);
  }
});

it('a lookup follows a clock of the API that is minutes off, and lists both windows', async () => {
  const p = withClockOffset(5 * MINUTE, START + 5 * MINUTE);

  expect(await lookUp(p)).toEqual(candidate('x'));
  expect(p.cyberdesk.named('findRuns').map(({ args }) => args[0])).toEqual([
    { workflowId: 'next', createdFrom: START - MINUTE, createdTo: START + 105 * SECOND },
    { workflowId: 'next', createdFrom: START - MINUTE, createdTo: START + 5 * MINUTE + 52 * SECOND },
  ]);
});

/** The clock of the API is further ahead with each of its responses. */
function withMovingClock(...offsets: number[]) {
  const p = lookUpPorts([]);
  p.cyberdesk.answers.findRuns = () =>
    answered({ runs: [], clockOffset: offsets[p.cyberdesk.named('findRuns').length - 1] ?? 0 });
  return p;
}

it('a lookup accepts a clock of the API that differs by a second between its responses', async () => {
  const p = withMovingClock(5 * MINUTE, 5 * MINUTE + SECOND);

  expect(await lookUp(p)).toEqual(NONE);
  expect(p.cyberdesk.named('findRuns')).toHaveLength(2);
});

it('a lookup is unanswered after three lists if the clock of the API moves with each of them', async () => {
  const p = withMovingClock(...Array.from({ length: 100 }, (_, i) => MINUTE + 5 * i * SECOND));

  expect(await lookUp(p)).toMatchObject({ kind: 'unanswered', failure: { incomplete: true } });
  expect(p.cyberdesk.named('findRuns')).toHaveLength(3);
});

it('a lookup ignores a clock of the API that is more than ten minutes off', async () => {
  const off = 10 * MINUTE + 1;

  expect(await lookUp(withClockOffset(off, START))).toEqual(candidate('x'));
  expect(await lookUp(withClockOffset(off, START + off))).toEqual(NONE);
});

it('several runs that fit leave a lookup ambiguous', async () => {
  expect(await lookUp(lookUpPorts([foundRun('x'), foundRun('y')]))).toEqual(AMBIGUOUS);
});

it('a lookup recognises its own run by its lineage among equal runs', async () => {
  expect(await lookUp(lookUpPorts([foundRun('x'), foundRun('y')], { y: { action: 'mine' } }))).toEqual({
    kind: 'ours',
    runIds: ['y'],
  });
});

it('a lookup leaves out runs that belong to other actions', async () => {
  expect(await lookUp(lookUpPorts([foundRun('x'), foundRun('y')], { x: { action: 'other' } }))).toEqual(
    candidate('y'),
  );
  expect(await lookUp(lookUpPorts([foundRun('x')], { x: { retried: ['completion#1'] } }))).toEqual(
    candidate('x'),
  );
});

it('an equal run that another action has adopted leaves a lookup ambiguous', async () => {
  expect(await lookUp(lookUpPorts([foundRun('x')], { x: { action: 'other', adopted: true } }))).toEqual(
    AMBIGUOUS,
  );
});

it('a lookup of a started run passes a failed call on', async () => {
  const p = lookUpPorts([]);
  const failure = callFailure({ status: 503 });
  p.cyberdesk.answers.findRuns = () => failure;

  expect(await lookUp(p)).toEqual({ kind: 'unanswered', failure });
});
