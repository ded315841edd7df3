import { setTimeout as sleep } from 'node:timers/promises';
import type { AwsCaller } from '../emulators/caller.ts';
import type { Faults } from '../faults/faults.ts';
import type { Outcome } from '../sandbox/outcome.ts';
import type { EventSourceModel, FunctionModel, QueueModel } from '../template/model.ts';
import { doneMessages, type ReceivedMessage, sqsEvent } from './batch.ts';

/** What a poller works with. */
export interface PollerParts {
  readonly source: EventSourceModel;
  readonly queue: QueueModel;
  readonly fn: FunctionModel;
  readonly region: string;
  readonly aws: AwsCaller;
  readonly faults: Faults;
  /** Seconds after which the messages of a failed invocation come again; undefined: the queue's visibility timeout. */
  readonly redeliverySeconds: number | undefined;
  /** How long one receive call waits for messages; SQS takes up to 20. */
  readonly longPollSeconds: number;
  /** Asks IAM on behalf of the function's role; false: the call is denied. */
  allowed(operation: string): Promise<boolean>;
  invoke(payload: Buffer): Promise<Outcome>;
  /** Tells of something that a person should know. */
  warn(text: string): void;
}

/** The event source mapping between a queue and a function: as many workers as its concurrency allows. */
export class Poller {
  readonly #parts: PollerParts;
  #stopped = false;
  #workers: Promise<void>[] = [];
  #paused: Promise<void> | undefined;
  #resume: (() => void) | undefined;

  constructor(parts: PollerParts) {
    this.#parts = parts;
  }

  start(): void {
    if (!this.#parts.source.enabled) return;
    this.#workers = Array.from({ length: this.#parts.source.maxConcurrency }, () => this.#work());
  }

  /** Takes no further messages until `unpause`; what is in flight goes on. */
  pause(): void {
    this.#paused ??= new Promise((resolve) => {
      this.#resume = resolve;
    });
  }

  unpause(): void {
    this.#resume?.();
    this.#paused = undefined;
  }

  /** Resolves once no worker polls: with the end of the long poll, or of the emulator. */
  async stop(): Promise<void> {
    this.#stopped = true;
    this.unpause();
    await Promise.all(this.#workers);
  }

  /** Stops taking messages, without waiting. */
  end(): void {
    this.#stopped = true;
    this.unpause();
  }

  async #work(): Promise<void> {
    while (!this.#stopped) {
      await this.#paused;
      try {
        const messages = await this.#receive();
        if (messages.length === 0) continue;
        if (this.#stopped) await this.#hurry(messages, 0);
        else await this.#deliver(messages);
      } catch (error) {
        if (this.#stopped) return;
        this.#parts.warn(`The event source of ${this.#parts.fn.label} stumbled: ${(error as Error).message}`);
        await sleep(1000);
      }
    }
  }

  async #receive(): Promise<ReceivedMessage[]> {
    const { source, queue, aws } = this.#parts;
    if (!(await this.#permitted('ReceiveMessage'))) {
      await sleep(1000);
      return [];
    }
    const { Messages = [] } = await aws.call<{ Messages?: ReceivedMessage[] }>('sqs', 'ReceiveMessage', {
      QueueUrl: queue.url,
      // One receive call gives ten at most; larger batches are not gathered here.
      MaxNumberOfMessages: Math.min(source.batchSize, 10),
      WaitTimeSeconds: this.#parts.longPollSeconds,
      MessageSystemAttributeNames: ['All'],
      MessageAttributeNames: ['All'],
    });
    return Messages;
  }

  async #deliver(messages: readonly ReceivedMessage[]): Promise<void> {
    const { source, fn, faults, invoke, region } = this.#parts;
    const payload = Buffer.from(JSON.stringify(sqsEvent(messages, source.queueArn, region)));
    const { before } = faults.hits('lambda:Invoke', fn.label);
    for (const fault of before) if (fault.do === 'delay') await sleep(fault.ms);
    const times = before.some((fault) => fault.do === 'twice') ? 2 : 1;
    const settle = async () => this.#settle(messages, await invoke(payload));
    await Promise.all(Array.from({ length: times }, settle));
  }

  async #settle(messages: readonly ReceivedMessage[], outcome: Outcome): Promise<void> {
    const { source, queue, aws, redeliverySeconds } = this.#parts;
    const done = doneMessages(messages, outcome, source.reportsItemFailures);
    if (done.length > 0 && (await this.#permitted('DeleteMessage'))) {
      await aws.call('sqs', 'DeleteMessageBatch', {
        QueueUrl: queue.url,
        Entries: done.map(({ ReceiptHandle }, index) => ({ Id: String(index), ReceiptHandle })),
      });
    }
    if (
      !outcome.ok &&
      redeliverySeconds !== undefined &&
      redeliverySeconds < queue.visibilityTimeoutSeconds
    ) {
      await this.#hurry(messages, redeliverySeconds);
    }
  }

  /** AWS would wait for the whole visibility timeout, here a person waits. */
  async #hurry(messages: readonly ReceivedMessage[], seconds: number): Promise<void> {
    const { queue, aws } = this.#parts;
    await aws.call('sqs', 'ChangeMessageVisibilityBatch', {
      QueueUrl: queue.url,
      Entries: messages.map(({ ReceiptHandle }, index) => ({
        Id: String(index),
        ReceiptHandle,
        VisibilityTimeout: seconds,
      })),
    });
  }

  async #permitted(operation: string): Promise<boolean> {
    if (await this.#parts.allowed(operation)) return true;
    this.#parts.warn(
      `The role of ${this.#parts.fn.label} may not sqs:${operation}, so its event source cannot work.`,
    );
    return false;
  }
}
