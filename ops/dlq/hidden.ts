import { queueDepths } from '../queues/depths.ts';
import type { Stage } from '../stage/stage.ts';

/**
 * Dead letters that are hidden at the moment, as SQS counts them: another list or redrive is running, or was cut off.
 */
export const countHidden = async (stage: Stage): Promise<number> => (await queueDepths(stage)).dlq.in_flight;

/** A line about them, so that nobody takes the visible ones for all there are. */
export const hiddenLine = (hidden: number): string =>
  hidden > 0
    ? `${hidden} are hidden: another list or redrive is running, or was cut off; check again in 10 minutes\n`
    : '';
