import type { Arrivals, BatchReader, EventItem, OpenIndex, ResendQueue } from '../model/index.ts';
import type { Store } from '../store/index.ts';

export interface SweepPorts extends Store {
  open: OpenIndex;
  arrivals: Arrivals;
  reader: BatchReader;
  queue: ResendQueue;
  /** No batch starts after this, in epoch milliseconds: the sweep stops cleanly, and the next one continues. */
  deadline: number;
  /**
   * Receives the age of the oldest unfinished event in milliseconds. If one is listed, before anything else is done: so
   * the alarm has its data whatever happens to the sweep; and once more if the census finds an older one. 0 only after
   * everything was looked at: nothing is reported if no unfinished event is known and there may be some.
   */
  reportAge(oldest: number): void;
  /** Receives what else concerns the service level. */
  reportWaiting(waiting: Waiting): void;
  /** Receives the events whose messages were sent again, also those of a sweep that fails. */
  reportResent(events: readonly EventItem[]): void;
}

/** How well the service level is met while the sweep looks. */
export interface Waiting {
  /** Events that should be finished by now, and that no pause has held up; of many unfinished ones not all are counted. */
  overdue: number;
  /** For how long Cyberdesk has answered no write, in milliseconds; 0 if it does. */
  unavailable: number;
}

export interface Swept {
  /** As reported. */
  oldest: number;
  /** Events that were looked at. */
  examined: number;
  resent: number;
  /** Messages that the queue did not take. */
  refused: number;
  /** Every shard was walked to its end. */
  isComplete: boolean;
}
