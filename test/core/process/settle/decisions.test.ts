import { beforeEach, expect, it } from 'vitest';
import type { ActionRecord, CompletionItem } from '../../../../lambda/core/model/index.ts';
import { SECOND } from '../../../../lambda/core/model/time.ts';
import { action, beforeGet, completion, event, setUp, world } from '../../support/scenario.ts';
import { createdRun, startNext } from '../../support/webhooks.ts';
import { correlated, decide, failUnknown, reopenings } from './support.ts';

const skip = { kind: 'skip' } as const;
const startAgain = { kind: 'start_again' } as const;
const theirs = { kind: 'run', runId: 'theirs' } as const;
const change = (more: Partial<CompletionItem>) => world.model.force({ ...completion(), ...more });

beforeEach(async () => {
  await setUp(startNext);
  await failUnknown();
});

it.each([skip, startAgain])('the decision $kind made twice is no other decision', async (choice) => {
  await decide(choice);
  const written = completion();

  expect(await decide(choice)).toEqual({ kind: 'settled', runIds: [], undecided: [] });

  expect(completion()).toEqual(written);
  expect(reopenings()).toHaveLength(2);
});

it('another run is not taken once one is recorded', async () => {
  world.cyberdesk.runs.push(createdRun('theirs'), createdRun('another'));
  await decide(theirs);

  expect(await decide({ kind: 'run', runId: 'another' })).toMatchObject({
    kind: 'refused',
    refusal: { kind: 'decided_before', decision: { kind: 'run', by: 'ada' } },
  });
  expect(action().result?.run_ids).toEqual(['theirs']);
});

it('a run that a person names is asked about with a time limit', async () => {
  world.cyberdesk.runs.push(createdRun('theirs'));

  await decide(theirs);

  const [call] = world.cyberdesk.named('getRun');
  expect(call?.args).toEqual(['theirs', { until: world.system.time + 30 * SECOND }]);
});

it('nothing is decided about an event whose completion has expired', async () => {
  const { pk, sk } = completion();
  world.model.remove({ pk, sk });

  expect(await decide(skip)).toEqual({ kind: 'refused', refusal: { kind: 'no_such_action', actions: 0 } });
});

it('nothing is decided about an event that has failed before it was planned', async () => {
  const { actions: _none, ...unplanned } = completion();
  world.model.force({ ...unplanned, failure: { reason: 'crashed' } });

  expect(await decide(skip)).toEqual({ kind: 'refused', refusal: { kind: 'no_such_action', actions: 0 } });
  expect(reopenings()).toEqual([]);
});

it('nothing is decided about an event whose completion another event has taken over', async () => {
  change({ owner: 'event-2' });

  expect(await decide(skip)).toEqual({ kind: 'refused', refusal: { kind: 'copy', owner: 'event-2' } });
  expect(action().failure).toMatchObject({ reason: 'outcome_unknown' });
});

it('a copy stays a copy although the completion of its owner has expired', async () => {
  const { pk, sk } = completion();
  world.model.remove({ pk, sk });
  world.model.force({ ...event(), duplicate_of: 'event-2' });

  expect(await decide(skip)).toEqual({ kind: 'refused', refusal: { kind: 'copy', owner: 'event-2' } });
});

it('no run becomes the result of an action that does not call Cyberdesk', async () => {
  const announcement: ActionRecord = { ...action(), kind: 'notify' };
  change({ actions: [announcement] });
  world.cyberdesk.runs.push(createdRun('theirs'));

  expect(await decide(theirs)).toEqual({ kind: 'refused', refusal: { kind: 'starts_no_run' } });
  expect(world.cyberdesk.named('getRun')).toEqual([]);
  expect(action()).toEqual(announcement);
});

it('a start is not repeated while the body that it needs cannot be read', async () => {
  await setUp(correlated('long '.repeat(20_000)));
  await failUnknown();
  beforeGet(({ pk }) => {
    if (pk.includes(action().body_ref?.sha256 ?? '')) throw new Error('throttled');
  });

  await expect(decide(startAgain)).rejects.toThrow('throttled');

  expect(action()).not.toHaveProperty('decision');
  expect(reopenings()).toEqual([]);
});
