import { randomUUID } from 'node:crypto';
import { DeleteMessageCommand, ReceiveMessageCommand } from '@aws-sdk/client-sqs';
import { sqsDeadLetterQueue, sqsQueue } from '../../../lambda/adapters/sqs-queues.ts';
import { nodeSystem } from '../../../lambda/adapters/system.ts';
import type {
  CallFailure,
  CallOutcome,
  Cyberdesk,
  RunSnapshot,
  Started,
} from '../../../lambda/core/model/index.ts';
import { DAY, MINUTE } from '../../../lambda/core/model/time.ts';
import { PauseGate } from '../../../lambda/core/pause/pause-gate.ts';
import { processMessage } from '../../../lambda/core/process/process-message.ts';
import { receive } from '../../../lambda/core/receive/receive.ts';
import type { FollowUps } from '../../../lambda/rules/index.ts';
import { followUps, startRun } from '../../../lambda/rules/index.ts';

import { tableOf } from '../../../ops/stage/table.ts';
import type { TestStage } from './stage.ts';

/** A rule that follows every success. */
export const followSuccess = followUps({
  name: 'follow',
  status: 'success',
  actions: () => startRun({ workflow_id: 'next' }),
});

export interface CreatedRun {
  id: string;
  key: string;
  body: string;
  /** ISO 8601. */
  created_at: string;
}

/** A run as the list shows it. */
const snapshotOf = ({ id, body, created_at }: CreatedRun): RunSnapshot => ({
  ...{ status: 'running', session_id: null, input_values: null },
  ...(JSON.parse(body) as { workflow_id: string }),
  ...{ id, created_at },
});

/** The core of the protocol on a test's stage, with a Cyberdesk that starts what it is asked to. */
export class Service {
  readonly stage: TestStage;
  /** Runs by key: the API's idempotency. */
  readonly created: CreatedRun[] = [];
  rules: FollowUps = followSuccess;
  /** While set, the answer to all calls instead of the API's. */
  answer: CallOutcome<Started> | undefined;
  /** While set, the answer to a question about one run. */
  getRunFails: CallFailure | undefined;
  /** While set, the verifier cannot send. */
  queueFails = false;

  constructor(stage: TestStage) {
    this.stage = stage;
  }

  /** Receives a webhook, as the verifier does. Returns its event id. */
  async deliver(
    change: { event_id?: string; event_type?: string; run?: Record<string, unknown> } = {},
  ): Promise<string> {
    const { run, ...envelope } = change;
    const payload = {
      event_id: randomUUID(),
      event_type: 'run_complete',
      ...envelope,
      run: {
        id: randomUUID(),
        workflow_id: 'first',
        status: 'success',
        ended_at: new Date().toISOString(),
        output_data: { summary: 'PAYLOAD-VALUE' },
        ...run,
      },
    };
    return this.receive(JSON.stringify(payload));
  }

  /** Receives a webhook with this body. Returns its event id. */
  async receive(body: string): Promise<string> {
    const delivery = { svixId: `msg_${randomUUID()}`, body: Buffer.from(body) };
    const { event } = await receive(this.ports(), delivery, 90);
    return event;
  }

  /** Processes messages until the queue is empty. Deferred messages are left for a later call. */
  async work(): Promise<void> {
    const { clients, outputs } = this.stage;
    for (;;) {
      const { Messages = [] } = await clients.sqs.send(
        new ReceiveMessageCommand({
          QueueUrl: outputs.queueUrl,
          MaxNumberOfMessages: 10,
          VisibilityTimeout: 60,
        }),
      );
      if (Messages.length === 0) return;
      for (const { Body = '', ReceiptHandle } of Messages) {
        const verdict = await processMessage(this.worker(), { body: Body, receives: 1, facts: {} });
        if (verdict.kind === 'acknowledge') {
          await clients.sqs.send(new DeleteMessageCommand({ QueueUrl: outputs.queueUrl, ReceiptHandle }));
        }
      }
    }
  }

  private ports() {
    const queue = sqsQueue(this.stage.clients.sqs as never, this.stage.outputs.queueUrl);
    const broken = { send: () => Promise.reject(new Error('the test makes the queue fail')) };
    return { table: tableOf(this.stage), queue: this.queueFails ? broken : queue, system: nodeSystem };
  }

  private worker() {
    const table = tableOf(this.stage);
    const gate = new PauseGate(nodeSystem, MINUTE);
    gate.begin({ table, cyberdesk: this.cyberdesk(), deadline: Date.now() + MINUTE });
    const announce = async () => ({ kind: 'announced' as const });
    return {
      table,
      deadLetters: sqsDeadLetterQueue(this.stage.clients.sqs as never, this.stage.outputs.deadLetterQueueUrl),
      cyberdesk: this.cyberdesk(),
      secrets: { get: async () => ({ kind: 'missing' as const }) },
      topics: { notify: announce, publish: announce },
      destinations: { deliver: async () => ({ kind: 'delivered' as const }) },
      system: nodeSystem,
      gate,
      rules: this.rules,
      settings: {
        installation: this.stage.outputs.installation,
        stage: this.stage.name,
        workflowIds: {},
        maxFollowUpDepth: 5,
        sensitiveSecretArns: [],
        destinations: ['persist'],
        handlers: [],
        tableName: this.stage.outputs.tableName,
        apiUrl: 'http://127.0.0.1:9',
        lease: MINUTE,
        idempotencyKeyLifetime: 70_000,
        repeatUnanswered: true,
        eventRetention: 90 * DAY,
        bodyRetention: 90 * DAY,
        completionRetention: 180 * DAY,
      },
      deadline: Date.now() + MINUTE,
      count: () => undefined,
      time: () => undefined,
    };
  }

  private cyberdesk(): Cyberdesk {
    const start = async (body: string, key: string): Promise<CallOutcome<Started>> => {
      if (this.answer) return this.answer;
      const known = this.created.find((run) => run.key === key);
      const run = known ?? { id: randomUUID(), key, body, created_at: new Date().toISOString() };
      if (!known) this.created.push(run);
      return { kind: 'answered', value: { runIds: [run.id] } };
    };
    const never = async () => ({
      kind: 'failed' as const,
      status: 404,
      isJson: true,
      mayHaveTakenEffect: false,
    });
    return {
      createRun: start,
      createChain: start,
      retryRun: (_runId, body, key) => start(body, key),
      getRun: async () => this.getRunFails ?? never(),
      findRuns: async () => ({ kind: 'answered', value: { runs: this.created.map(snapshotOf) } }),
      ping: async () => ({ kind: 'answered', value: undefined }),
      getAttachment: never,
    };
  }
}
