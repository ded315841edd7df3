import { expect, it } from 'vitest';
import { Claim, firstClaim } from '../../../lambda/core/completion/index.ts';
import type { Expected, Item } from '../../../lambda/core/model/index.ts';
import { KEY_PREFIXES, PLAN_BODIES_VERSION } from '../../../lambda/core/model/index.ts';
import { SECOND } from '../../../lambda/core/model/time.ts';
import { publish, type RuleDefinition, startRun } from '../../../lambda/rules/index.ts';
import { isCompletion } from '../../simulation/model/items.ts';
import { eventItem } from '../support/items.ts';
import {
  action,
  beforeGet,
  beforePut,
  COMPLETION,
  completion,
  failCall,
  processEvent,
  setUp,
  world,
} from '../support/scenario.ts';
import { START } from '../support/system.ts';
import { startNext } from '../support/webhooks.ts';
import { createWorld } from '../support/world.ts';

const LARGE = { input_values: { text: 'long '.repeat(20_000) } };
const large: RuleDefinition = { name: 'large', actions: () => startRun({ workflow_id: 'w', ...LARGE }) };

/** A claim whose lease ends this long from now, in an invocation that ends in 30 s. */
function claimFor(lease: number) {
  const { worker } = createWorld();
  const event = eventItem();
  const draft = firstClaim(event, COMPLETION.sk, { token: 'mine', until: START + lease }, START);
  return new Claim(worker, event, undefined, draft);
}

/** What each put of the completion expects to find. */
function expectations(): Expected[] {
  const { table } = world.worker;
  const seen: Expected[] = [];
  world.worker.table = {
    ...table,
    put: async (item: Item, expected: Expected) => {
      if (isCompletion(item)) seen.push(expected);
      return table.put(item, expected);
    },
  };
  return seen;
}

it.each([
  ['its lease', 20 * SECOND, 20 * SECOND],
  ['its invocation', 60 * SECOND, 30 * SECOND],
])('a claim outlives a call that ends with %s, and no longer one', (_, lease, end) => {
  const claim = claimFor(lease);

  expect(claim.outlives(end)).toBe(true);
  expect(claim.outlives(end + 1)).toBe(false);
  expect(claim.limit(end + 1)).toEqual({ until: START + end });
  expect(claim.limit(SECOND)).toEqual({ until: START + SECOND });
});

it('a claim that is released outlives no call', async () => {
  const claim = claimFor(20 * SECOND);
  await claim.release(START + SECOND);

  expect(claim.outlives(0)).toBe(false);
  expect(claim.limit(SECOND)).toEqual({ until: 0 });
});

it('the first write of a completion expects none to be there, and the next one the write before it', async () => {
  await setUp(startNext);
  const seen = expectations();
  const tags: string[] = [];
  world.model.onPut = (item) => {
    if (isCompletion(item)) tags.push(item.tag);
  };

  await processEvent();

  expect(seen).toEqual(['absent', { tag: tags[0] }]);
});

it('a completion is claimed by one write for all of its announcements', async () => {
  await setUp({ name: 'r', actions: () => [publish(), publish({ again: 'yes' })] });
  const seen = expectations();

  await processEvent();

  expect(world.announced).toHaveLength(2);
  expect(seen).toHaveLength(2);
});

it('an error before the claim is written leaves no completion behind', async () => {
  await setUp(large);
  beforeGet(({ pk }) => {
    if (pk.startsWith(KEY_PREFIXES.planBody)) throw new Error('throttled');
  });

  await expect(processEvent()).rejects.toThrow('throttled');

  expect(world.model.completion(COMPLETION)).toBeUndefined();
});

it('a release after an error is tried every second until the invocation ends', async () => {
  await setUp(startNext);
  let tries = -1;
  beforePut((item) => {
    if (!isCompletion(item) || (tries < 0 && !item.done)) return;
    tries += 1;
    throw new Error('throttled');
  });

  await expect(processEvent()).rejects.toThrow('throttled');

  expect(tries).toBe(31);
  expect(world.system.time).toBe(world.worker.deadline);
});

it('only a completion with a body in pieces waits for the release that knows these, after a rollback', async () => {
  await setUp({ name: 'mixed', actions: () => [publish(), startRun({ workflow_id: 'w', ...LARGE })] });
  failCall('createRun', { status: 401 });
  await processEvent();
  expect(action()).not.toHaveProperty('body_ref');
  expect(completion().actions?.[1]).toHaveProperty('body_ref');
  expect(completion().v).toBe(PLAN_BODIES_VERSION);

  await setUp(startNext);
  failCall('createRun', { status: 401 });
  await processEvent();
  expect(completion().v).toBe(1);
});

it('a completion that is claimed before it is planned can be read by any release', async () => {
  let claimed: number | undefined;
  await setUp({
    name: 'r',
    actions: () => {
      claimed = completion().v;
      return [];
    },
  });

  await processEvent({}, 2);

  expect(claimed).toBe(1);
});
