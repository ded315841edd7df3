import { queueDepths } from '../queues/depths.ts';
import type { Stage } from '../stage/stage.ts';

/** Dead letters that nobody can see now, as SQS counts them: another list or redrive is at work, or was cut off. */
export const countHidden = async (stage: Stage): Promise<number> => (await queueDepths(stage)).dlq.in_flight;
