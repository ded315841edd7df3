import type { Cyberdesk, Queue } from '../../model/index.ts';
import type { Store } from '../../store/index.ts';

/** What a person wants to be done about an action that was not done for certain. */
export interface Wish {
  /** Position of the action in the plan, from 0. */
  position: number;
  choice: { kind: 'run'; runId: string } | { kind: 'start_again' } | { kind: 'skip' };
  /** Who decides. */
  by: string;
}

export interface SettlePorts extends Store {
  queue: Queue;
  /** Asked only about a run that was named. */
  cyberdesk: Cyberdesk;
  settings: {
    /** Account, region and stack name; part of every idempotency key. */
    installation: string;
    /** Milliseconds. */
    completionRetention: number;
  };
}
