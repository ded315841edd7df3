import { nodeSystem } from '../../../../lambda/adapters/system.ts';
import type { Worker } from '../../../../lambda/core/completion/index.ts';
import {
  type AnnouncementOutcome,
  type CallOutcome,
  DAY,
  MINUTE,
  SECOND,
  type Started,
  type Table,
} from '../../../../lambda/core/model/index.ts';
import { PauseGate } from '../../../../lambda/core/pause/index.ts';
import { processMessage } from '../../../../lambda/core/process/index.ts';
import { receive } from '../../../../lambda/core/receive/index.ts';
import { followUps, publish, startRun } from '../../../../lambda/rules/index.ts';
import type { Load } from '../../../../ops/cost/event-use.ts';
import { meteredTable } from './meter.ts';
import { sampleBody } from './sample.ts';

export interface MeasuredEvent {
  writeUnits: number;
  readUnits: number;
  eventBytes: number;
  /** Of a body that expires before its event; otherwise it is part of that. */
  bodyBytes: number;
  indexBytes: number;
  completionBytes: number;
  sends: number;
  announcements: number;
  /** Bytes of the requests to Cyberdesk, without their overhead. */
  requestBytes: number;
}

/** Days that items are kept: the defaults. */
const RETENTION = { eventDays: 90, completionDays: 180 };

/** What DynamoDB, SQS and SNS do for one event with a whole number of follow-ups, from arrival to end. */
export async function measureEvent(load: Load, bodyDays = RETENTION.eventDays): Promise<MeasuredEvent> {
  const { table, use } = meteredTable();
  const messages: string[] = [];
  const queue = {
    async send(message: object) {
      messages.push(JSON.stringify(message));
    },
  };
  const delivery = { svixId: 'msg_2cOsTsAmPlE00000000000000', body: sampleBody(load.bytes) };
  await receive({ table, queue, system: nodeSystem }, delivery, RETENTION.eventDays, bodyDays);
  const counts = { announcements: 0, requestBytes: 0 };
  const worker = { ...countingPorts(counts), ...surroundings(table, load) };
  const verdict = await processMessage(worker, { body: messages[0] ?? '', receives: 1, facts: {} });
  if (verdict.kind !== 'acknowledge') throw new Error('the measured event did not finish');
  const { writeUnits, readUnits, bytes } = use();
  const { [RETENTION.eventDays]: event, [RETENTION.completionDays]: completion, ...others } = bytes;
  const { [bodyDays]: body, ...unknown } = others;
  if (!event || completion?.indexes !== 0 || Object.keys(unknown).length > 0)
    throw new Error('items are kept in a new way');
  return {
    writeUnits,
    readUnits,
    eventBytes: event.table,
    bodyBytes: body?.table ?? 0,
    indexBytes: event.indexes,
    completionBytes: completion.table,
    ...counts,
    sends: messages.length,
  };
}

const never = () => Promise.reject(new Error('the first attempt at an event does not call this'));

/** Ports to the outside that count what passes. */
function countingPorts(counts: { announcements: number; requestBytes: number }) {
  const start = async (request: string): Promise<CallOutcome<Started>> => {
    counts.requestBytes += request.length;
    return { kind: 'answered', value: { runIds: [crypto.randomUUID()] } };
  };
  const announce = async (): Promise<AnnouncementOutcome> => {
    counts.announcements += 1;
    return { kind: 'announced' };
  };
  const [retryRun, getRun, findRuns, ping, getAttachment] = [never, never, never, never, never];
  return {
    deadLetters: { send: never },
    cyberdesk: { createRun: start, createChain: start, retryRun, getRun, findRuns, ping, getAttachment },
    secrets: { get: never },
    topics: { notify: announce, publish: announce },
    destinations: { deliver: never },
  };
}

function gateOf(table: Table): PauseGate {
  const gate = new PauseGate(nodeSystem, MINUTE);
  gate.begin({ table, cyberdesk: { ping: never }, deadline: nodeSystem.now() + MINUTE });
  return gate;
}

const surroundings = (
  table: Table,
  load: Load,
): Pick<Worker, 'table' | 'system' | 'gate' | 'rules' | 'settings' | 'deadline' | 'count' | 'time'> => ({
  table,
  system: nodeSystem,
  gate: gateOf(table),
  rules: rulesFor(load),
  settings: {
    installation: '123456789012/us-east-1/CyberdeskWebhooks-prod',
    stage: 'prod',
    workflowIds: {},
    maxFollowUpDepth: 5,
    sensitiveSecretArns: [],
    destinations: [],
    handlers: [],
    tableName: 'events',
    apiUrl: 'https://api.cyberdesk.io',
    lease: MINUTE,
    idempotencyKeyLifetime: 70 * SECOND,
    repeatUnanswered: true,
    eventRetention: RETENTION.eventDays * DAY,
    bodyRetention: RETENTION.eventDays * DAY,
    completionRetention: RETENTION.completionDays * DAY,
  },
  deadline: nodeSystem.now() + MINUTE,
  count: () => undefined,
  time: () => undefined,
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
