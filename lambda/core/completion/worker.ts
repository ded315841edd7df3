import type { FollowUps } from '../../rules/follow-ups.ts';
import type {
  Cyberdesk,
  DeadLetterQueue,
  Destinations,
  ProcessorMetric,
  Secrets,
  System,
  Table,
  Topics,
} from '../model/index.ts';
import type { PauseGate } from '../pause/index.ts';

/** One invocation of the processor: its ports, its settings and its deadline. */
export interface Worker {
  table: Table;
  deadLetters: DeadLetterQueue;
  cyberdesk: Cyberdesk;
  secrets: Secrets;
  topics: Topics;
  destinations: Destinations;
  system: System;
  gate: PauseGate;
  rules: FollowUps;
  settings: WorkerSettings;
  /** Work that has not begun by then waits for another invocation; calls in flight are aborted. Epoch milliseconds. */
  deadline: number;
  count(metric: ProcessorMetric): void;
  /** Records a duration in milliseconds. */
  time(metric: ProcessorMetric, duration: number): void;
}

export interface WorkerSettings {
  /** Account, region and stack name; part of every idempotency key. */
  installation: string;
  stage: string;
  workflowIds: Readonly<Record<string, string | undefined>>;
  maxFollowUpDepth: number;
  /** ARNs that rules may refer to. */
  sensitiveSecretArns: readonly string[];
  /** Names of the destinations that rules may deliver to. */
  destinations: readonly string[];
  /** Those of them whose functions are built with the stack, from handlers of the customer's. */
  handlers: readonly string[];
  /** For references to events that are too large to be delivered whole. */
  tableName: string;
  /** Base of the links in announcements. */
  apiUrl: string;
  /** Milliseconds. */
  lease: number;
  /** Minimum time for which Cyberdesk remembers an idempotency key, in milliseconds. */
  idempotencyKeyLifetime: number;
  /** Whether a call whose response was lost is sent again before the list of runs is complete. */
  repeatUnanswered: boolean;
  /** Milliseconds. */
  eventRetention: number;
  /** Of the bodies of events, in milliseconds; at most that of the events. */
  bodyRetention: number;
  /** Milliseconds. */
  completionRetention: number;
}
