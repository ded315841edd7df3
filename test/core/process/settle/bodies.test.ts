import { expect, it } from 'vitest';
import { pieceKey } from '../../../../lambda/core/model/index.ts';
import { HOUR } from '../../../../lambda/core/model/time.ts';
import { runSnapshot } from '../../support/cyberdesk.ts';
import {
  action,
  completion,
  createRunCalls,
  event,
  processEvent,
  setUp,
  world,
} from '../../support/scenario.ts';
import { correlated, decide, failUnknown, processToTheEnd, recover, reopenings } from './support.ts';

it.each([
  ['in its item', 'short', false],
  ['in pieces', 'long '.repeat(20_000), true],
])('a correlated start that is repeated carries its new key, with a body %s', async (_, text, isLarge) => {
  await setUp(correlated(text));
  await failUnknown();
  expect(action().body_ref !== undefined).toBe(isLarge);
  const { v } = completion();

  await decide({ kind: 'start_again' });
  recover();
  await processToTheEnd(reopenings()[0]);

  const sent = createRunCalls().at(-1);
  expect(JSON.parse(sent?.body ?? '')).toEqual({
    workflow_id: 'w',
    input_values: { text, started_by: sent?.key },
  });
  expect(sent?.key).not.toBe(createRunCalls()[0]?.key);
  expect(event().state).toBe('processed');
  expect(completion().v).toBe(isLarge ? 1 : v);
});

it('a start whose body is lost can be repeated: it then fails as lost, and a redrive plans it afresh', async () => {
  await setUp(correlated('long '.repeat(20_000)));
  await failUnknown();
  world.model.remove(pieceKey(action().body_ref?.sha256 ?? '', 0, 'plan'));

  await expect(decide({ kind: 'run', runId: 'theirs' })).resolves.toMatchObject({
    refusal: { kind: 'no_such_run' },
  });
  expect(await decide({ kind: 'start_again' })).toMatchObject({ kind: 'settled' });
  recover();
  await processToTheEnd(reopenings()[0]);
  expect(event()).toMatchObject({ state: 'failed', reason: 'body_lost' });
  world.later(HOUR);

  await processEvent({ reopen: event().failure });
  expect(event()).toMatchObject({ state: 'processed' });
});

it('a run cannot be checked against a body that is lost', async () => {
  await setUp(correlated('long '.repeat(20_000)));
  await failUnknown();
  world.model.remove(pieceKey(action().body_ref?.sha256 ?? '', 0, 'plan'));
  world.cyberdesk.runs.push(runSnapshot({ id: 'theirs', workflow_id: 'w' }));

  await expect(decide({ kind: 'run', runId: 'theirs' })).rejects.toThrow('missing');
  expect(action().failure).toBeDefined();
});
