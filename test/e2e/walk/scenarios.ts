import { randomBytes, randomUUID } from 'node:crypto';
import { gunzipSync } from 'node:zlib';
import type { StoredRun } from '../../../local/cyberdesk-api/store.ts';
import { addAttachment } from '../../../local/cyberdesk-api/store.ts';
import type { Fault } from '../../../local/faults/faults.ts';
import { forgottenEvent, putItems } from '../kit/forgotten.ts';
import { runComplete } from '../kit/webhooks.ts';
import type { World } from './world.ts';

/** One way that an event can take. */
export interface Scenario {
  /** The action that the rule returns. */
  readonly does: 'start' | 'chain' | 'retry' | 'files' | 'sensitive' | 'deliver' | 'large';
  /** Fields of the finished run in the webhook, from the run that Cyberdesk has. */
  readonly run?: (known: StoredRun) => Record<string, unknown>;
  /** Before the webhook is sent. */
  readonly prepare?: (world: World, known: StoredRun) => unknown;
  /** The verifier stored the event long ago, and its message is lost. */
  readonly forgotten?: boolean;
  /** The number of calls is random (backoff with jitter), so recording it takes more repeats. */
  readonly varies?: boolean;
  /** The event's final state; by default `processed`. */
  readonly ends?: 'failed';
  /** Runs with the event's summary in the end. */
  readonly runs: number;
}

const answering = (fault: Partial<Fault>): Pick<Scenario, 'prepare'> => ({
  prepare: ({ run }) => run.fake?.faults.plant({ call: 'cyberdesk:POST /v1/runs*', do: 'fail', ...fault }),
});

/** The call takes effect, and the caller is killed before it gets the response. */
const losesResponse = (path: string): Pick<Scenario, 'prepare'> => ({
  prepare: ({ run }) => run.faults.plant({ call: `cyberdesk:POST ${path}`, do: 'kill', when: 'after' }),
});

export const SCENARIOS: Record<string, Scenario> = {
  'a start with a notification and a publication': { does: 'start', runs: 1 },
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
  'deliveries to code of the customer': { does: 'deliver', runs: 1 },
  'a large body and a large plan': {
    does: 'large',
    runs: 1,
    // Incompressible, so that it is stored in more than one piece.
    run: () => ({ main_prompt: randomBytes(500 * 1024).toString('base64') }),
  },
  'a run without an end time': { does: 'start', runs: 1, run: () => ({ ended_at: null }) },
  'a rejected start': {
    does: 'start',
    runs: 0,
    ends: 'failed',
    ...answering({ status: 422, times: 'always' }),
  },
  'a throttled call': {
    does: 'start',
    runs: 1,
    varies: true,
    ...answering({ status: 429, headers: { 'retry-after': '1' } }),
  },
  'a start whose response is lost': { does: 'start', runs: 1, ...losesResponse('/v1/runs') },
  'a chain whose response is lost': { does: 'chain', runs: 2, ...losesResponse('/v1/runs/chain') },
  'a retry whose response is lost': { does: 'retry', runs: 1, ...losesResponse('/v1/runs/*/retry') },
  'an event that lost its message': { does: 'start', runs: 1, forgotten: true },
};

/** A scenario's event. */
export interface Story {
  readonly event: string;
  /** The body of its webhook. */
  readonly body: string;
  /** Sends the webhook to the verifier; resolves to the HTTP status. */
  send(): Promise<number>;
}

/** Prepares everything that happens before the webhook is sent. */
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
