import type { LineageItem } from './completion.ts';

/**
 * Runs that `verify-api` starts to try the API. Their completions must not make the rules act. They are marked in one of
 * two ways: by an input, which every stage sees, or by their lineage in the table of one stage.
 */

/** The action that the lineage of such a run names. No idempotency key looks like it. */
const ACTION = 'verify-api';
/** How the value of their correlation input begins. */
const MARK = 'cyberdesk-webhooks:verify-api:';

/** Value of the correlation input of one trial. */
export const verificationMark = (id: string): string => `${MARK}${id}`;

/** Lineage of a run of a trial; no lookup adopts a run that belongs to another action. */
export const VERIFICATION_LINEAGE = { action: ACTION, depth: 0, retried: [] } satisfies Partial<LineageItem>;

export const isVerificationRun = (lineage: LineageItem | undefined): boolean => lineage?.action === ACTION;

/** Whether the inputs of a run, as its webhook shows them, carry the mark. */
export const hasVerificationMark = (inputs: unknown): boolean =>
  typeof inputs === 'object' &&
  inputs !== null &&
  Object.values(inputs).some((value) => typeof value === 'string' && value.startsWith(MARK));
