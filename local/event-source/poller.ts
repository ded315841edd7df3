import { setTimeout as sleep } from 'node:timers/promises';
import type { AwsCaller } from '../emulators/caller.ts';
import type { Faults } from '../faults/faults.ts';
import type { Outcome } from '../sandbox/outcome.ts';
import type { EventSourceModel, FunctionModel, QueueModel } from '../template/model.ts';
import { doneMessages, type ReceivedMessage, sqsEvent } from './batch.ts';

export interface PollerDeps {
  readonly source: EventSourceModel;
  readonly queue: QueueModel;
  readonly fn: FunctionModel;
  readonly region: string;
  readonly aws: AwsCaller;
  readonly faults: Faults;
  /** Seconds after which the messages of a failed invocation are redelivered; undefined: the visibility timeout. */
  readonly redeliverySeconds: number | undefined;
  /** How long one receive call waits for messages; SQS allows up to 20. */
  readonly longPollSeconds: number;
  /** Checks IAM on behalf of the function's role. */
  allowed(operation: string): Promise<boolean>;
  invoke(payload: Buffer): Promise<Outcome>;
  /** Reports a problem to the user. */
  warn(text: string): void;
}

/** Wait after an error or a denied call. */
const RETRY_MS = 1000;
/** One receive call returns at most ten messages; larger batches are not collected here. */
const MOST_MESSAGES = 10;

/** The event source mapping between a queue and a function, with as many workers as its concurrency allows. */
export class Poller {
  readonly #deps: PollerDeps;
  #stopped = false;
  #workers: Promise<void>[] = [];
  #delivering = 0;

  constructor(deps: PollerDeps) {
    this.#deps = deps;
  }

  start(): void {
    if (!this.#deps.source.enabled) return;
    this.#workers = Array.from({ length: this.#deps.source.maxConcurrency }, () => this.#work());
  }

  /** Whether messages are being delivered, or deleted afterwards. */
  get busy(): boolean {
    return this.#delivering > 0;
  }

  /** Stops taking messages, without waiting for the current long poll. */
  end(): void {
    this.#stopped = true;
  }

  /** Resolves once no worker polls: when the long poll or the emulator has ended. */
  async stop(): Promise<void> {
    this.end();
    await Promise.all(this.#workers);
  }

  async #work(): Promise<void> {
    while (!this.#stopped) {
      try {
        const messages = await this.#receive();
        if (messages.length > 0) await this.#handle(messages);
      } catch (error) {
        if (this.#stopped) return;
        this.#deps.warn(`the event source of ${this.#deps.fn.label} failed: ${(error as Error).message}`);
        await sleep(RETRY_MS);
      }
    }
  }

  async #handle(messages: readonly ReceivedMessage[]): Promise<void> {
    this.#delivering += 1;
    try {
      if (this.#stopped) await this.#changeVisibility(messages, 0);
      else await this.#deliver(messages);
    } finally {
      this.#delivering -= 1;
    }
  }

  async #receive(): Promise<ReceivedMessage[]> {
    const { source, queue, aws, longPollSeconds } = this.#deps;
    if (!(await this.#permitted('ReceiveMessage'))) {
      await sleep(RETRY_MS);
      return [];
    }
    const { Messages = [] } = await aws.call<{ Messages?: ReceivedMessage[] }>('sqs', 'ReceiveMessage', {
      QueueUrl: queue.url,
      MaxNumberOfMessages: Math.min(source.batchSize, MOST_MESSAGES),
      WaitTimeSeconds: longPollSeconds,
      MessageSystemAttributeNames: ['All'],
      MessageAttributeNames: ['All'],
    });
    return Messages;
  }

  async #deliver(messages: readonly ReceivedMessage[]): Promise<void> {
    const { source, fn, faults, invoke, region } = this.#deps;
    const payload = Buffer.from(JSON.stringify(sqsEvent(messages, source.queueArn, region)));
    const { before } = faults.hits('lambda:Invoke', fn.label);
    for (const fault of before) if (fault.do === 'delay') await sleep(fault.ms);
    const times = before.some((fault) => fault.do === 'twice') ? 2 : 1;
    const settle = async () => this.#settle(messages, await invoke(payload));
    await Promise.all(Array.from({ length: times }, settle));
  }

  async #settle(messages: readonly ReceivedMessage[], outcome: Outcome): Promise<void> {
    const { source, queue, aws, redeliverySeconds } = this.#deps;
    const done = doneMessages(messages, outcome, source.reportsItemFailures);
    if (done.length > 0 && (await this.#permitted('DeleteMessage'))) {
      await aws.call('sqs', 'DeleteMessageBatch', {
        QueueUrl: queue.url,
        Entries: done.map(({ ReceiptHandle }, index) => ({ Id: String(index), ReceiptHandle })),
      });
    }
    // AWS waits for the whole visibility timeout, which is too long for someone who is watching.
    if (
      outcome.kind === 'failure' &&
      redeliverySeconds !== undefined &&
      redeliverySeconds < queue.visibilityTimeoutSeconds
    ) {
      await this.#changeVisibility(messages, redeliverySeconds);
    }
  }

  async #changeVisibility(messages: readonly ReceivedMessage[], VisibilityTimeout: number): Promise<void> {
    await this.#deps.aws.call('sqs', 'ChangeMessageVisibilityBatch', {
      QueueUrl: this.#deps.queue.url,
      Entries: messages.map(({ ReceiptHandle }, index) => ({
        Id: String(index),
        ReceiptHandle,
        VisibilityTimeout,
      })),
    });
  }

  async #permitted(operation: string): Promise<boolean> {
    const { allowed, fn, warn } = this.#deps;
    if (await allowed(operation)) return true;
    warn(`the role of ${fn.label} lacks sqs:${operation}, so its event source cannot work`);
    return false;
  }
}
