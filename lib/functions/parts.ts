import type { Deliverable } from '../destinations/destination.ts';
import type { Encryption } from '../encryption/encryption.ts';
import type { Settings } from '../settings/defaults.ts';
import type { EmptySecret } from '../storage/empty-secret.ts';
import type { EventQueue } from '../storage/event-queue.ts';
import type { EventsTable } from '../storage/events-table.ts';
import type { OriginSecret } from '../storage/origin-secret.ts';
import type { Topics } from '../topics/topics.ts';

/** What the functions are built from. */
export interface Parts {
  readonly settings: Settings;
  readonly encryption: Encryption;
  readonly eventsTable: EventsTable;
  readonly eventQueue: EventQueue;
  readonly topics: Topics;
  readonly destinations: Deliverable;
  readonly signingSecret: EmptySecret;
  readonly apiKeySecret: EmptySecret;
  readonly originSecret: OriginSecret | undefined;
  /** `<account>/<region>/<stack>` */
  readonly installationId: string;
}
