import { Duration } from 'aws-cdk-lib';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { type CfnQueue, Queue, QueueEncryption, type QueueProps } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { MAX_RECEIVE_COUNT, VISIBILITY_TIMEOUT } from '../timing.ts';

/** Props of `EventQueue`. */
export interface EventQueueProps {
  /** Encrypts both queues; undefined: a key of SQS does. */
  readonly key: IKey | undefined;
}

/** The queue between verifier and processor, and its dead-letter queue. */
export class EventQueue extends Construct {
  /** Events that wait for the processor, kept for 7 days. */
  readonly queue: Queue;
  /** Events that need a person, kept for 14 days. */
  readonly deadLetterQueue: Queue;

  constructor(scope: Construct, id: string, { key }: EventQueueProps) {
    super(scope, id);
    this.deadLetterQueue = this.#addQueue('DeadLetterQueue', key, { retentionPeriod: Duration.days(14) });
    this.queue = this.#addQueue('Queue', key, {
      retentionPeriod: Duration.days(7),
      visibilityTimeout: VISIBILITY_TIMEOUT,
      deadLetterQueue: { queue: this.deadLetterQueue, maxReceiveCount: MAX_RECEIVE_COUNT },
    });
  }

  #addQueue(id: string, key: IKey | undefined, props: QueueProps): Queue {
    if (!key)
      return new Queue(this, id, { ...props, encryption: QueueEncryption.SQS_MANAGED, enforceSSL: true });
    const encryption = QueueEncryption.KMS;
    const queue = new Queue(this, id, { ...props, encryption, encryptionMasterKey: key, enforceSSL: true });
    // A queue has one of the two. What was on before must be off, in the same call.
    (queue.node.defaultChild as CfnQueue).sqsManagedSseEnabled = false;
    return queue;
  }
}
