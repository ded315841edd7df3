import type { FollowUps } from '../../rules/rule.ts';
import type {
  Cyberdesk,
  DeadLetterQueue,
  ProcessorMetric,
  Secrets,
  System,
  Table,
  Topics,
} from '../model/index.ts';
import type { PauseGate } from '../pause/index.ts';

/** One invocation of the processor: its ports, its settings, and its end. */
export interface Worker {
  table: Table;
  deadLetters: DeadLetterQueue;
  cyberdesk: Cyberdesk;
  secrets: Secrets;
  topics: Topics;
  system: System;
  gate: PauseGate;
  rules: FollowUps;
  settings: WorkerSettings;
  /** What is not begun by then waits for another invocation; calls in flight are aborted. Epoch milliseconds. */
  deadline: number;
  count(metric: ProcessorMetric): void;
}

export interface WorkerSettings {
  installation: string;
  stage: string;
  workflowIds: Readonly<Record<string, string | undefined>>;
  maxFollowUpDepth: number;
  /** ARNs that rules may refer to. */
  sensitiveSecretArns: readonly string[];
  /** Where links in announcements point. */
  apiUrl: string;
  /** Milliseconds. */
  lease: number;
  /** Milliseconds. */
  eventRetention: number;
  /** Milliseconds. */
  completionRetention: number;
}

/** What is to become of a message. Waiting is a change of its visibility; it is never replaced by another. */
export type Verdict =
  | {
      kind: 'acknowledge';
      outcome: 'processed' | 'failed' | 'duplicate' | 'finished_before' | 'dead_lettered';
    }
  | { kind: 'wait'; until: number };
