import type { IConstruct } from 'constructs';
import type { Processor } from './functions/processor.ts';
import type { Sweeper } from './functions/sweeper.ts';
import type { Verifier } from './functions/verifier.ts';
import type { WebhookEndpoint } from './ingress/webhook-endpoint.ts';
import type { EmptySecret } from './storage/empty-secret.ts';
import type { EventQueue } from './storage/event-queue.ts';
import type { EventsTable } from './storage/events-table.ts';
import type { OriginSecret } from './storage/origin-secret.ts';
import type { Topics } from './topics/topics.ts';

/** The public parts of `CyberdeskWebhooks`. */
export interface Installation extends IConstruct {
  /** Function that authenticates, stores and queues webhooks. */
  readonly verifier: Verifier;
  /** Function that starts the follow-ups. */
  readonly processor: Processor;
  /** Function that requeues events that have lost their message. */
  readonly sweeper: Sweeper;
  /** HTTP API that receives the webhooks. */
  readonly endpoint: WebhookEndpoint;
  /** Table of events and completions. */
  readonly eventsTable: EventsTable;
  /** Queue between verifier and processor, and its dead-letter queue. */
  readonly eventQueue: EventQueue;
  /** SNS topics for notifications, publications and alarms. */
  readonly topics: Topics;
  /** Secret for the endpoint's signing secret (`whsec_…`). */
  readonly signingSecret: EmptySecret;
  /** Secret for the Cyberdesk API key. */
  readonly apiKeySecret: EmptySecret;
  /** Value of the origin header, where `originHeader` is set. */
  readonly originSecret: OriginSecret | undefined;
  /** `<account>/<region>/<stack>`, part of every idempotency key. */
  readonly installationId: string;
}
