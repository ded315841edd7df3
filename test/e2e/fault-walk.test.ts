import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Fault } from '../../local/aws/faults.ts';
import { CYBERDESK_CALLS, callsDuring, nameOf, type WalkedCall, writes } from './walk/calls.ts';
import { SCENARIOS, type Scenario } from './walk/scenarios.ts';
import { tell } from './walk/story.ts';
import { World } from './walk/world.ts';

/**
 * Walks every call that the handlers make for any kind of event, and breaks each in every way, before and after it
 * takes effect. Whatever breaks, the event comes to its end and its follow-up takes effect exactly once.
 */

/** Worlds side by side: much of a fault is waiting. */
const WORLDS = 8;

type Break = Pick<Fault, 'do' | 'when' | 'times' | 'status' | 'ms'>;

/** A read has no effect, so that before and after it are one. */
function breaks(call: WalkedCall): Break[] {
  const times = writes(call) ? (['before', 'after'] as const) : (['before'] as const);
  // Longer than the client of the API waits for an answer; the SDKs wait on.
  const ms = call.call.startsWith('cyberdesk:') ? 11_000 : 1_000;
  return [
    ...times.flatMap((when): Break[] => [
      { do: 'kill', when },
      // Once: the SDK, or the client's own retries, must cope. For long: the whole invocation fails.
      { do: 'drop', when },
      { do: 'fail', when, times: 'always', status: 500 },
    ]),
    { do: 'delay', when: 'before', ms },
  ];
}

/** Calls that Lambda makes for a function, or a service for another. */
const BY_LAMBDA = /^WriteLogs |^ReceiveEvents sqs:(Receive|Delete|GetQueue)|kms:|xray:/;
/** Lambda asks for it when the event source is made, not at run time. */
const UNSEEN = ['ReceiveEvents sqs:GetQueueAttributes'];
/** Every kind of item that lib/storage's table holds. */
const ITEMS = new Set(['event', 'completion', 'lineage', 'body', 'pause']);

interface Case {
  scenario: string;
  call: WalkedCall;
  fault: Break;
}

/** Each scenario once without a fault, for its calls; then each of these in its turn. */
async function casesOf(world: World): Promise<Case[]> {
  const cases: Case[] = [];
  const walked = new Map<string, number>();
  for (const [scenario, told] of Object.entries(SCENARIOS)) {
    const record = () =>
      callsDuring(world, async () => {
        world.chill();
        await tell(world, told);
      });
    let calls = await record();
    // What the dice add is not there each time: the least of some is.
    for (let more = told.varies ? 3 : 0; more > 0; more -= 1) {
      const again = await record();
      if (again.length < calls.length) calls = again;
    }
    const seen = new Map<string, number>();
    for (const call of calls) {
      const ordinal = (seen.get(nameOf(call)) ?? 0) + 1;
      seen.set(nameOf(call), ordinal);
      const isNew = ordinal > (walked.get(nameOf(call)) ?? 0);
      if (isNew) walked.set(nameOf(call), ordinal);
      // Where another scenario has walked the like of it, a write still is where the hardest break may hurt anew.
      const tried = breaks(call).filter((fault) => isNew || (fault.do === 'kill' && writes(call)));
      cases.push(...tried.map((fault) => ({ scenario, call, fault })));
    }
  }
  return cases;
}

const labelOf = ({ scenario, call, fault }: Case) =>
  `${scenario}: ${nameOf(call)} #${call.nth} ${fault.do} ${fault.when}`;

describe('every call of the handlers', () => {
  let worlds: World[] = [];
  let cases: Case[] = [];
  beforeAll(async () => {
    // The first one synthesizes, if need be, for all.
    const first = await World.start();
    const others = Promise.all(Array.from({ length: WORLDS - 1 }, World.start));
    worlds = [first];
    cases = await casesOf(first);
    worlds.push(...(await others));
  });
  afterAll(() => Promise.all(worlds.map((world) => world.stop())));

  it('is among those that are walked: whatever is granted, read, written or asked of Cyberdesk', () => {
    const { run } = worlds[0] as World;
    // IAM has no name of its own for a batch of messages.
    const kinds = new Set(
      cases.map(({ call }) => `${call.function} ${call.call.replace('SendMessageBatch', 'SendMessage')}`),
    );
    const cyberdesk = [...kinds].filter((kind) => kind.includes('cyberdesk:'));
    expect(cyberdesk.toSorted()).toEqual(CYBERDESK_CALLS.toSorted());

    // Each statement of each role has let a walked call pass; and what a role grants is what its function walks.
    expect(run.grants.unused().map(({ statement, action }) => `${statement} ${action}`)).toEqual(UNSEEN);
    const labels = run.stack.functions.map(({ label, role }) => [role.logicalId, label] as const);
    const granted = run.grants
      .all()
      .filter(({ statement, action }) => !BY_LAMBDA.test(`${statement} ${action}`))
      .map(({ role, action }) => `${labels.find(([id]) => id === role)?.[1]} ${action}`);
    const aws = [...kinds].filter((kind) => !kind.includes('cyberdesk:'));
    expect(aws.toSorted()).toEqual([...new Set(granted)].toSorted());

    const items = cases.filter(({ call }) => /^dynamodb:(Get|Put)Item$/.test(call.call));
    expect(new Set(items.map(({ call }) => call.about))).toEqual(ITEMS);
  });

  it('may be lost, late, fail, or kill its function, and the event still has its follow-up once', async () => {
    const failures: string[] = [];
    const rest = [...cases];
    const work = async (world: World) => {
      for (let next = rest.shift(); next; next = rest.shift()) {
        const { scenario, call, fault } = next;
        // Secrets are read in a cold start.
        if (call.call.startsWith('secretsmanager:')) world.chill();
        const { function: by, call: pattern, nth } = call;
        const planted = { function: by, call: pattern, nth, ...fault };
        const told = SCENARIOS[scenario] as Scenario;
        try {
          let isMet = false;
          for (let tries = told.varies ? 10 : 1; !isMet && tries > 0; tries -= 1)
            isMet = await tell(world, told, planted);
          // A fault that nothing met has shown nothing.
          expect(isMet, 'the fault was met').toBe(true);
        } catch (error) {
          failures.push(`${labelOf(next)}: ${(error as Error).message}`);
          world.run.faults.clear();
          world.run.fake?.faults.clear();
        }
      }
    };
    await Promise.all(worlds.map(work));

    const calls = new Set(cases.map(({ scenario, call }) => `${scenario} ${nameOf(call)} ${call.nth}`));
    console.log(
      `${cases.length} faults at ${calls.size} calls of ${Object.keys(SCENARIOS).length} kinds of events, ${failures.length} not survived`,
    );
    expect(failures).toEqual([]);
  }, 400_000);
});
