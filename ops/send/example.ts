import { randomUUID } from 'node:crypto';
import { TEST_PREFIX } from '../events/summary.ts';
import { isObject, type JsonObject } from '../json.ts';

/** The body of a webhook, before it is serialized. */
export type Payload = JsonObject;

/** A payload whose ids are known. */
export interface ExampleEvent extends Payload {
  event_id: string;
  run: { id: string; workflow_id: string; [field: string]: unknown };
}

/** A `run_complete` as Cyberdesk sends it, for a run that does not exist there. */
export function exampleEvent(now = new Date()): ExampleEvent {
  const at = (secondsAgo: number) => new Date(now.getTime() - secondsAgo * 1000).toISOString();
  return {
    event_id: `${TEST_PREFIX}${randomUUID()}`,
    event_type: 'run_complete',
    occurred_at: at(0),
    run: {
      id: randomUUID(),
      workflow_id: randomUUID(),
      machine_id: randomUUID(),
      status: 'success',
      created_at: at(90),
      started_at: at(85),
      ended_at: at(0),
      error: [],
      input_values: { example: true },
      output_data: { summary: 'A test event of cyberdesk-webhooks.' },
      output_attachment_ids: [],
      post_run_checks: [],
    },
  };
}

/** A `downed_machines` as Cyberdesk sends it, for a machine that does not exist there. */
export function exampleOfMachines(now = new Date()): Payload {
  const organization_id = 'org_example';
  return {
    event_id: `${TEST_PREFIX}${randomUUID()}`,
    event_type: 'downed_machines',
    occurred_at: now.toISOString(),
    organization_id,
    machines: [
      {
        machine_id: randomUUID(),
        organization_id,
        name: 'A test event of cyberdesk-webhooks',
        status: 'disconnected',
        last_seen: new Date(now.getTime() - 300_000).toISOString(),
        reason: 'disconnected',
      },
    ],
  };
}

/**
 * A copy starts nothing, unless it is `fresh`: it has the completion of the original. About a run it has its own event id
 * all the same, and a fresh one a new run id; any other event is its own completion, by its id.
 */
export function copyOf(payload: Payload, { fresh = false }: { fresh?: boolean } = {}): Payload {
  if (!fresh && !isObject(payload.run)) return payload;
  const copy: Payload = { ...payload, event_id: `${TEST_PREFIX}${randomUUID()}` };
  if (!fresh || !isObject(payload.run)) return copy;
  return { ...copy, run: { ...payload.run, id: randomUUID(), ended_at: new Date().toISOString() } };
}
