/**
 * What the core needs from the rest of the world, besides the table and Cyberdesk's API. The handlers pass in AWS;
 * the simulation passes in models that fail, delay and die. Times are epoch milliseconds everywhere in the core.
 */

import type { DeliveryProblem } from './action.ts';
import type { CallLimit } from './cyberdesk.ts';

/** A message carries ids only. */
export interface EventMessage {
  v: 1;
  event: string;
  /** The failure number that a redrive may reopen, or the round that a replan begins. */
  reopen?: number;
}

export interface Queue {
  send(message: EventMessage): Promise<void>;
}

/** The queue as the sweeper uses it. */
export interface ResendQueue {
  /** Sends at most {@link LARGEST_SEND} messages. Resolves to those that the queue did not take. */
  sendAll(messages: readonly EventMessage[]): Promise<EventMessage[]>;
  /** About how many messages wait or are in flight. */
  backlog(): Promise<number>;
}

/** Messages that SQS takes in one batch. */
export const LARGEST_SEND = 10;

export interface DeadLetterQueue {
  /** `body` is what a redrive puts back; `reason` is a code from a closed list, never payload. */
  send(body: string, reason: string): Promise<void>;
}

/** A version of a secret, or why its text cannot be had. `createdAt` is in epoch milliseconds. */
export type SecretLookup =
  | { kind: 'found'; value: string; versionId: string; createdAt: number }
  /** It has a value, but not a text. */
  | { kind: 'binary'; createdAt: number }
  | { kind: 'missing' }
  | { kind: 'denied' };

/** Which version of a secret: the one with a staging label, or one by its version id. */
export type SecretVersion =
  | { kind: 'label'; label: 'AWSCURRENT' | 'AWSPREVIOUS' }
  | { kind: 'id'; id: string };

export const CURRENT_VERSION: SecretVersion = { kind: 'label', label: 'AWSCURRENT' };
/** The one before it, which the first value of a secret does not have. */
export const PREVIOUS_VERSION: SecretVersion = { kind: 'label', label: 'AWSPREVIOUS' };

export interface Secrets {
  /**
   * @param version The current one unless it says otherwise.
   * @param limit By default, as long as the caller may take for all that it does.
   */
  get(secretId: string, version?: SecretVersion, limit?: CallLimit): Promise<SecretLookup>;
}

export interface Announcement {
  /** The same for every repeat of an announcement, so that a subscriber can drop repeats. */
  dedupeId: string;
  subject: string;
  /** Ids, status and links only. */
  fields: Record<string, string | number>;
  /** SNS message attributes, for subscription filters. */
  attributes: Record<string, string>;
}

/** How an announcement ended. The status is that of AWS. */
export type AnnouncementOutcome =
  | { kind: 'announced' }
  /** It was not taken, and never will be as it stands. */
  | { kind: 'refused'; status?: number }
  /** `error`: the code of AWS's error, one word. */
  | { kind: 'failed'; status?: number; error?: string };

/** The stage's topics. */
export interface Topics {
  notify(announcement: Announcement, limit: CallLimit): Promise<AnnouncementOutcome>;
  publish(announcement: Announcement, limit: CallLimit): Promise<AnnouncementOutcome>;
}

/** An event on its way to the customer's own code. Both texts are CloudEvents in JSON. */
export interface Delivery {
  /** Name in the stage settings. */
  destination: string;
  /** The same for every repeat of a delivery, so that a receiver can drop repeats. */
  dedupeId: string;
  /** Id of what the event is about. Deliveries with the same one keep their order in a queue that has an order. */
  subject: string;
  /** Type of the CloudEvent. */
  type: string;
  /** With the event as it was received. */
  whole: string;
  /** With a reference in place of the event, for a destination that cannot take as much. */
  reference: string;
}

/** How a delivery ended. The status is that of AWS, which is 200 even where a function or a bus has failed. */
export type DeliveryOutcome =
  | { kind: 'delivered' }
  /** It was not taken, and never will be as it stands. */
  | { kind: 'refused'; status?: number }
  /** `error`: the code of AWS's error, one word. */
  | { kind: 'failed'; problem: DeliveryProblem; status?: number; error?: string };

/** Where events are handed over to the customer's own code. */
export interface Destinations {
  deliver(delivery: Delivery, limit: CallLimit): Promise<DeliveryOutcome>;
}

/** The clock, randomness and unique tokens: passed in, so that the core itself is deterministic. */
export interface System {
  now(): number;
  /** Uniform in [0, 1). */
  random(): number;
  /** Unique and unguessable. */
  token(): string;
  /** Resolves after so many milliseconds. */
  sleep(ms: number): Promise<void>;
}
