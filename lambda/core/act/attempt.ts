import type { Call } from '../plan/index.ts';
import type { ActionOutcome } from './conclude.ts';
import type { Doubt } from './doubt.ts';

/** An attempt on its way: what is to be sent, and what is still unknown about the attempts before it. */
export interface Attempt {
  call: Call;
  doubt: Doubt | undefined;
}

/** A step either continues the attempt, or has concluded this try of the action. */
export type Step = { kind: 'attempt'; attempt: Attempt } | { kind: 'concluded'; outcome: ActionOutcome };

export const proceed = (attempt: Attempt): Step => ({ kind: 'attempt', attempt });
export const concludedBy = (outcome: ActionOutcome): Step => ({ kind: 'concluded', outcome });
