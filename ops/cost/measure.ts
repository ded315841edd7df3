import { nodeSystem } from '../../lambda/adapters/system.ts';
import type { Worker } from '../../lambda/core/completion/index.ts';
import type { CallOutcome, Started } from '../../lambda/core/model/index.ts';
import { DAY, MINUTE } from '../../lambda/core/model/index.ts';
import { PauseGate } from '../../lambda/core/pause/index.ts';
import { processMessage } from '../../lambda/core/process/index.ts';
import { receive } from '../../lambda/core/receive/index.ts';
import { followUps, publish, startRun } from '../../lambda/rules/index.ts';
import { meteredTable, type TableUse } from './meter.ts';
import { sampleBody } from './sample.ts';

/** What one event asks of each service. */
export interface EventUse extends TableUse {
  sends: number;
  announcements: number;
  /** Bytes sent to Cyberdesk. */
  bytesOut: number;
}

/** A request's headers, TLS and TCP on top of its body, bytes: an assumption. */
const REQUEST_OVERHEAD = 6 * 1024;

/** Days that items stay. */
export interface Retention {
  /** A finished event. */
  eventDays: number;
  /** The memory of what was done. */
  completionDays: number;
}

export interface Load {
  /** Size of an event's body in bytes. */
  bytes: number;
  /** Follow-up runs per event; a whole number here. */
  followUps: number;
  /** Whether each event is published, as the shipped rules do. */
  publishes: boolean;
  retention: Retention;
}

/**
 * Counts by doing: takes one event from its arrival to its end, with the protocol that is deployed, over a table
 * that bills. So the estimate follows the code.
 */
export async function measureEvent({
  bytes,
  followUps: count,
  publishes,
  retention,
}: Load): Promise<EventUse> {
  const { table, use } = meteredTable();
  const messages: string[] = [];
  const counted = { announcements: 0, bytesOut: 0, sends: 0 };
  const queue = {
    async send(message: object) {
      counted.sends += 1;
      messages.push(JSON.stringify(message));
    },
  };
  const body = sampleBody(bytes);
  await receive(
    { table, queue, system: nodeSystem },
    { svixId: 'msg_2cOsTsAmPlE00000000000000', body },
    retention.eventDays,
  );

  const start = async (request: string): Promise<CallOutcome<Started>> => {
    counted.bytesOut += request.length + REQUEST_OVERHEAD;
    return { kind: 'answered', value: { runIds: [crypto.randomUUID()] } };
  };
  const never = () => Promise.reject(new Error('a first attempt looks nothing up'));
  const announce = async () => {
    counted.announcements += 1;
  };
  const rules = followUps(
    ...Array.from({ length: count }, (_, index) => ({
      name: `start-next-workflow-${index}`,
      actions: () =>
        startRun({ workflow_id: 'c0ffee00-0000-4000-8000-000000000005', input_values: { summary: 'done' } }),
    })),
    ...(publishes ? [{ name: 'publish-completion', actions: () => publish() }] : []),
  );
  const worker: Worker = {
    table,
    deadLetters: { send: never },
    cyberdesk: {
      createRun: start,
      createChain: start,
      retryRun: never,
      getRun: never,
      findRuns: never,
      ping: never,
      getAttachment: never,
    },
    secrets: { get: never },
    topics: { notify: announce, publish: announce },
    system: nodeSystem,
    gate: new PauseGate(table, nodeSystem, MINUTE),
    rules,
    settings: {
      installation: '123456789012/us-east-1/CyberdeskWebhooks-prod',
      stage: 'prod',
      workflowIds: {},
      maxFollowUpDepth: 5,
      sensitiveSecretArns: [],
      apiUrl: 'https://api.cyberdesk.io',
      lease: MINUTE,
      eventRetention: retention.eventDays * DAY,
      completionRetention: retention.completionDays * DAY,
    },
    deadline: nodeSystem.now() + MINUTE,
    count: () => undefined,
  };
  const verdict = await processMessage(worker, { body: messages[0] ?? '', receives: 1 });
  if (verdict.kind !== 'acknowledge') throw new Error('the measured event did not finish');
  return { ...use(), ...counted };
}
