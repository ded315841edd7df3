import type { Worker, WorkerSettings } from '../../../lambda/core/completion/worker.ts';
import type { Announcement, Delivery, EventMessage, Table } from '../../../lambda/core/model/index.ts';
import { DAY, SECOND } from '../../../lambda/core/model/time.ts';
import { PauseGate } from '../../../lambda/core/pause/pause-gate.ts';
import { type AnyRule, followUps } from '../../../lambda/rules/index.ts';
import { QueueModel } from '../../simulation/model/queue.ts';
import { TableModel } from '../../simulation/model/table.ts';
import { TestCyberdesk } from './cyberdesk.ts';
import { TestSecrets } from './secrets.ts';
import { START, TestSystem } from './system.ts';

export const asTable = (model: TableModel): Table => ({
  get: async (key) => model.get(key),
  put: async (item, expected) => model.put(item, expected),
});

export const settings: WorkerSettings = {
  installation: '111122223333/eu-central-1/CyberdeskWebhooks-dev',
  stage: 'dev',
  workflowIds: { next: 'workflow-next' },
  maxFollowUpDepth: 5,
  sensitiveSecretArns: ['arn:secret'],
  destinations: ['persist'],
  handlers: [],
  tableName: 'events',
  apiUrl: 'https://api.cyberdesk.io',
  lease: 60 * SECOND,
  idempotencyKeyLifetime: 70 * SECOND,
  repeatUnanswered: true,
  eventRetention: 90 * DAY,
  bodyRetention: 90 * DAY,
  completionRetention: 180 * DAY,
};

export type World = ReturnType<typeof createWorld>;

/** Everything that a worker needs, in memory, at the start of an invocation. */
export function createWorld(...rules: AnyRule[]) {
  const system = new TestSystem();
  const model = new TableModel();
  const table = asTable(model);
  const deadLetters = new QueueModel();
  const queue = new QueueModel();
  const cyberdesk = new TestCyberdesk();
  const secrets = new TestSecrets();
  const announced: (Announcement & { topic: string })[] = [];
  const delivered: Delivery[] = [];
  const counted: string[] = [];
  const timed: [string, number][] = [];
  const gate = new PauseGate(system, settings.lease);
  const announce = (topic: string, announcement: Announcement) => {
    announced.push({ ...announcement, topic });
    return { kind: 'announced' as const };
  };
  const worker: Worker = {
    table,
    deadLetters: { send: async (body, reason) => void deadLetters.send(body, system.now(), reason) },
    cyberdesk,
    secrets,
    topics: {
      notify: async (announcement) => announce('notify', announcement),
      publish: async (announcement) => announce('publish', announcement),
    },
    destinations: {
      deliver: async (delivery) => {
        delivered.push(delivery);
        return { kind: 'delivered' };
      },
    },
    system,
    gate,
    rules: followUps(...rules),
    settings,
    deadline: START + 30 * SECOND,
    count: (metric) => counted.push(metric),
    time: (metric, duration) => timed.push([metric, duration]),
  };
  gate.begin(worker);
  const ports = {
    table,
    system,
    queue: { send: async (message: EventMessage) => void queue.send(JSON.stringify(message), system.now()) },
  };
  /** A new invocation, this many milliseconds later. */
  const later = (ms: number) => {
    system.time += ms;
    worker.deadline = system.time + 30 * SECOND;
    gate.begin(worker);
  };
  return {
    system,
    model,
    table,
    queue,
    deadLetters,
    cyberdesk,
    secrets,
    announced,
    delivered,
    counted,
    timed,
    worker,
    ports,
    later,
  };
}
