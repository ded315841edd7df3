import { RECONCILED_PREFIX } from '../events/summary.ts';
import type { Ending } from './known.ts';

/** Event id for an ending: the same in every reconcile, so that a second one finds the event of the first. */
export const reconciledId = ({ run_id, endedAt }: Ending): string =>
  `${RECONCILED_PREFIX}${run_id}:${endedAt}`;
