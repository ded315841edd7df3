import { randomBytes, randomUUID } from 'node:crypto';
import { gunzipSync } from 'node:zlib';
import type { Fault } from '../../../local/aws/faults.ts';
import type { StoredRun } from '../../../local/cyberdesk-api/store.ts';
import { addAttachment } from '../../../local/cyberdesk-api/store.ts';
import { forgottenEvent, putItems } from '../kit/forgotten.ts';
import { runComplete } from '../kit/webhooks.ts';
import type { World } from './world.ts';

/** One way of an event through the whole. */
export interface Scenario {
  /** What the rule is to ask for. */
  readonly does: 'start' | 'chain' | 'retry' | 'files' | 'sensitive' | 'large';
  /** Fields of the finished run, given the one that Cyberdesk knows. */
  readonly run?: (known: StoredRun) => Record<string, unknown>;
  /** Before the webhook comes. */
  readonly prepare?: (world: World, known: StoredRun) => unknown;
  /** The verifier has stored the event long ago, and its message is gone. */
  readonly forgotten?: boolean;
  /** How often it waits is a matter of dice, so a fault at a later call may have to be tried again. */
  readonly varies?: boolean;
  /** How the event ends; by default it is processed. */
  readonly ends?: 'failed';
  /** Runs that bear the event's mark in the end. */
  readonly runs: number;
}

const answers = (fault: Partial<Fault>): Pick<Scenario, 'prepare'> => ({
  prepare: ({ run }) => run.fake?.faults.plant({ call: 'cyberdesk:POST /v1/runs*', do: 'fail', ...fault }),
});

/** The call takes effect, and its caller dies before he hears of it. */
const losesAnswer = (path: string): Pick<Scenario, 'prepare'> => ({
  prepare: ({ run }) => run.faults.plant({ call: `cyberdesk:POST ${path}`, do: 'kill', when: 'after' }),
});

export const SCENARIOS: Record<string, Scenario> = {
  'a start, and announcements': { does: 'start', runs: 1 },
  'a chain': { does: 'chain', runs: 2 },
  'a retry in place': { does: 'retry', runs: 1 },
  'files of the finished run': {
    does: 'files',
    runs: 1,
    prepare: ({ run }, known) => {
      if (!run.fake) return;
      const content = Buffer.from('a file').toString('base64');
      addAttachment(run.fake.store, known, 'output', { filename: 'a.txt', content });
    },
    run: ({ output_attachment_ids }) => ({ output_attachment_ids }),
  },
  'a sensitive input': { does: 'sensitive', runs: 1 },
  'a large body and a large plan': {
    does: 'large',
    runs: 1,
    // More than one piece, as it does not compress.
    run: () => ({ main_prompt: randomBytes(500 * 1024).toString('base64') }),
  },
  'an event without an end': { does: 'start', runs: 1, run: () => ({ ended_at: null }) },
  'a refusal': { does: 'start', runs: 0, ends: 'failed', ...answers({ status: 422, times: 'always' }) },
  'a throttled call': {
    does: 'start',
    runs: 1,
    varies: true,
    ...answers({ status: 429, headers: { 'retry-after': '1' } }),
  },
  'a start whose answer is lost': { does: 'start', runs: 1, ...losesAnswer('/v1/runs') },
  'a chain whose answer is lost': { does: 'chain', runs: 2, ...losesAnswer('/v1/runs/chain') },
  'a retry whose answer is lost': { does: 'retry', runs: 1, ...losesAnswer('/v1/runs/*/retry') },
  'an event that lost its message': { does: 'start', runs: 1, forgotten: true },
};

/** A scenario's event, once. */
export interface Story {
  readonly event: string;
  /** The bytes of its webhook. */
  readonly body: string;
  /** Has the event taken in by the verifier; the HTTP status of its answer. */
  send(): Promise<number>;
}

/** Everything that the scenario has happen before its webhook comes. */
export async function begin(world: World, scenario: Scenario, summary: string): Promise<Story> {
  const output_data = { do: scenario.does, summary };
  const known = world.run.fake?.seedRun({
    workflow_id: randomUUID(),
    status: 'success',
    ended_at: new Date(world.now()).toISOString(),
  }) as StoredRun;
  scenario.prepare?.(world, known);
  if (scenario.forgotten) {
    const event = forgottenEvent(output_data);
    await putItems(world, event);
    const body = gunzipSync(event.body as Uint8Array).toString();
    return { event: event.event_id, body, send: async () => 200 };
  }
  const { id, workflow_id, ended_at } = known;
  const webhook = runComplete({ id, workflow_id, ended_at, output_data, ...scenario.run?.(known) });
  const body = JSON.stringify(webhook);
  const svixId = `msg_${webhook.event_id}`;
  const send = async () => (await world.deliver(body, { id: svixId, at: world.now() })).status;
  return { event: webhook.event_id, body, send };
}
