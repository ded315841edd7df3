import { nodeSystem } from '../../lambda/adapters/system.ts';
import type { Worker } from '../../lambda/core/completion/index.ts';
import {
  type CallOutcome,
  DAY,
  MINUTE,
  SECOND,
  type Started,
  type Table,
} from '../../lambda/core/model/index.ts';
import { PauseGate } from '../../lambda/core/pause/index.ts';
import { processMessage } from '../../lambda/core/process/index.ts';
import { receive } from '../../lambda/core/receive/index.ts';
import { followUps, publish, startRun } from '../../lambda/rules/index.ts';
import { meteredTable, type TableUse } from './meter.ts';
import { sampleBody } from './sample.ts';

export interface EventUse extends TableUse {
  sends: number;
  announcements: number;
  /** Bytes sent to Cyberdesk. */
  bytesOut: number;
}

/** Headers, TLS and TCP of a request, in addition to its body, bytes: an assumption. */
const REQUEST_OVERHEAD = 6 * 1024;

/** Days that items are kept. */
export interface Retention {
  /** A finished event. */
  eventDays: number;
  /** The record of what was done for a completion. */
  completionDays: number;
}

export interface Load {
  /** Size of an event's body in bytes. */
  bytes: number;
  /** Follow-up runs per event, on average; a whole number where one is measured. */
  followUps: number;
  /** Whether each event is published, as the shipped rules do. */
  publishes: boolean;
  retention: Retention;
}

/** Takes one event from arrival to end over a table that bills, so that the estimate follows the code. */
export async function measureEvent(load: Load): Promise<EventUse> {
  const { table, use } = meteredTable();
  const messages: string[] = [];
  const queue = {
    async send(message: object) {
      messages.push(JSON.stringify(message));
    },
  };
  const delivery = { svixId: 'msg_2cOsTsAmPlE00000000000000', body: sampleBody(load.bytes) };
  await receive({ table, queue, system: nodeSystem }, delivery, load.retention.eventDays);
  const counts = { announcements: 0, bytesOut: 0 };
  const worker = { ...countingPorts(counts), ...surroundings(table, load) };
  const verdict = await processMessage(worker, { body: messages[0] ?? '', receives: 1 });
  if (verdict.kind !== 'acknowledge') throw new Error('the measured event did not finish');
  return { ...use(), ...counts, sends: messages.length };
}

const never = () => Promise.reject(new Error('the first attempt at an event does not call this'));

/** Ports to the outside that count what passes. */
function countingPorts(counts: { announcements: number; bytesOut: number }) {
  const start = async (request: string): Promise<CallOutcome<Started>> => {
    counts.bytesOut += request.length + REQUEST_OVERHEAD;
    return { kind: 'answered', value: { runIds: [crypto.randomUUID()] } };
  };
  const announce = async () => {
    counts.announcements += 1;
  };
  const [retryRun, getRun, findRuns, ping, getAttachment] = [never, never, never, never, never];
  return {
    deadLetters: { send: never },
    cyberdesk: { createRun: start, createChain: start, retryRun, getRun, findRuns, ping, getAttachment },
    secrets: { get: never },
    topics: { notify: announce, publish: announce },
  };
}

const surroundings = (
  table: Table,
  load: Load,
): Pick<Worker, 'table' | 'system' | 'gate' | 'rules' | 'settings' | 'deadline' | 'count'> => ({
  table,
  system: nodeSystem,
  gate: new PauseGate(table, nodeSystem, MINUTE),
  rules: rulesFor(load),
  settings: {
    installation: '123456789012/us-east-1/CyberdeskWebhooks-prod',
    stage: 'prod',
    workflowIds: {},
    maxFollowUpDepth: 5,
    sensitiveSecretArns: [],
    apiUrl: 'https://api.cyberdesk.io',
    lease: MINUTE,
    idempotencyKeyLifetime: 70 * SECOND,
    repeatUnanswered: true,
    eventRetention: load.retention.eventDays * DAY,
    completionRetention: load.retention.completionDays * DAY,
  },
  deadline: nodeSystem.now() + MINUTE,
  count: () => undefined,
});

const NEXT_RUN = { workflow_id: 'c0ffee00-0000-4000-8000-000000000005', input_values: { summary: 'done' } };

const rulesFor = ({ followUps: count, publishes }: Load) =>
  followUps(
    ...Array.from({ length: count }, (_, index) => ({
      name: `start-next-workflow-${index}`,
      actions: () => startRun(NEXT_RUN),
    })),
    ...(publishes ? [{ name: 'publish-completion', actions: () => publish() }] : []),
  );
