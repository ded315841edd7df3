import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Fault } from '../../local/faults/faults.ts';
import { CYBERDESK_CALLS, nameOf, recordCalls, type WalkedCall, writes } from './walk/calls.ts';
import { SCENARIOS, type Scenario } from './walk/scenarios.ts';
import { play } from './walk/story.ts';
import { World } from './walk/world.ts';

/**
 * Walks every call that the handlers make for any kind of event, and breaks each in every way, before and after it
 * takes effect. Whatever breaks, the event is finished in the end, and its follow-up takes effect exactly once.
 */

/** Worlds that run side by side, because most of a fault is waiting. */
const WORLDS = 8;
/** Guards against a hang; each wait inside has a limit of its own. */
const HANG_MS = 3_600_000;
/** How often a fault is tried. Timing can change the number of calls, so that the nth one is not always made. */
const TRIES = 10;

type Break = Pick<Fault, 'do' | 'when' | 'times' | 'status' | 'ms'>;

/** A read has no effect, so that before and after are the same for it. */
function breaks(call: WalkedCall): Break[] {
  const times = writes(call) ? (['before', 'after'] as const) : (['before'] as const);
  // Longer than the API client's timeout; the SDKs keep waiting.
  const ms = call.call.startsWith('cyberdesk:') ? 11_000 : 1_000;
  return [
    ...times.flatMap((when): Break[] => [
      { do: 'kill', when },
      // Once: the retries of the SDK or the client must handle it. Always: the whole invocation fails.
      { do: 'drop', when },
      { do: 'fail', when, times: 'always', status: 500 },
    ]),
    { do: 'delay', when: 'before', ms },
  ];
}

/** Calls that Lambda makes for a function, or one service for another. */
const BY_LAMBDA = /^WriteLogs |^ReceiveEvents sqs:(Receive|Delete|GetQueue)|kms:|xray:/;
/** Lambda needs it when the event source is created, not at run time. */
const UNSEEN = ['ReceiveEvents sqs:GetQueueAttributes'];
/** Every kind of item in the table. */
const ITEMS = new Set(['event', 'completion', 'lineage', 'body', 'pause', 'census', 'fence']);

interface Case {
  scenario: string;
  call: WalkedCall;
  fault: Break;
}

/** Plays each scenario without a fault to learn its calls; each of these is then broken in turn. */
async function casesOf(world: World): Promise<Case[]> {
  const cases: Case[] = [];
  const walked = new Map<string, number>();
  for (const [name, scenario] of Object.entries(SCENARIOS)) {
    const calls = await recordCalls(world, scenario.varies ? 4 : 2, async () => {
      world.chill();
      await play(world, scenario);
    });
    const seen = new Map<string, number>();
    for (const call of calls) {
      const ordinal = (seen.get(nameOf(call)) ?? 0) + 1;
      seen.set(nameOf(call), ordinal);
      const isNew = ordinal > (walked.get(nameOf(call)) ?? 0);
      if (isNew) walked.set(nameOf(call), ordinal);
      // Once a similar call of another scenario has been walked, only the hardest break of a write can show more.
      const tried = breaks(call).filter((fault) => isNew || (fault.do === 'kill' && writes(call)));
      cases.push(...tried.map((fault) => ({ scenario: name, call, fault })));
    }
  }
  return cases;
}

const labelOf = ({ scenario, call, fault }: Case) =>
  `${scenario}: ${nameOf(call)} #${call.nth} ${fault.do} ${fault.when}`;

/** Plays one case until its fault has hit; a fault that hits nothing shows nothing. */
async function tryCase(world: World, { scenario, call, fault }: Case): Promise<void> {
  // Secrets are read in a cold start.
  if (call.call.startsWith('secretsmanager:')) world.chill();
  const { function: by, call: pattern, nth } = call;
  const planted = { function: by, call: pattern, nth, ...fault };
  for (let tries = 0; tries < TRIES; tries += 1) {
    if (await play(world, SCENARIOS[scenario] as Scenario, planted)) return;
  }
  throw new Error(`the fault was not hit in ${TRIES} tries`);
}

describe('the fault walk', () => {
  let worlds: World[] = [];
  let cases: Case[] = [];
  beforeAll(async () => {
    // The first one synthesizes for all, if need be.
    const first = await World.start();
    const others = Promise.all(Array.from({ length: WORLDS - 1 }, World.start));
    worlds = [first];
    cases = await casesOf(first);
    worlds.push(...(await others));
  }, HANG_MS);
  afterAll(() => Promise.all(worlds.map((world) => world.stop())));

  it('the fault walk covers every granted action, every kind of item and every Cyberdesk call', () => {
    const { run } = worlds[0] as World;
    // IAM has no name of its own for a batch of messages, and another one for an invocation.
    const nameInIam = (call: string) =>
      call.replace('SendMessageBatch', 'SendMessage').replace(/:Invoke$/, ':InvokeFunction');
    const kinds = new Set(cases.map(({ call }) => `${call.function} ${nameInIam(call.call)}`));
    const cyberdesk = [...kinds].filter((kind) => kind.includes('cyberdesk:'));
    expect(cyberdesk.toSorted()).toEqual(CYBERDESK_CALLS.toSorted());

    // Each statement of each role has allowed a walked call, and each granted action is among the walked calls.
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

  it(
    'each event is finished with its follow-up exactly once, whichever call is dropped, delayed, failed or killed',
    async () => {
      const failures: string[] = [];
      const remaining = [...cases];
      const work = async (world: World) => {
        for (let next = remaining.shift(); next; next = remaining.shift()) {
          try {
            await tryCase(world, next);
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
        `${cases.length} faults at ${calls.size} calls of ${Object.keys(SCENARIOS).length} kinds of events, ${failures.length} failures`,
      );
      expect(failures).toEqual([]);
    },
    HANG_MS,
  );
});
