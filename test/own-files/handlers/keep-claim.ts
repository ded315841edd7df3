import { type Delivered, type FinishedEvent, readEvent } from '../../../lambda/delivery/index.ts';

/** The runs that this process has been handed. A customer's handler keeps them somewhere else. */
export const kept = new Set<string>();

/** Code that a customer may have rules deliver to. */
export async function handler(delivered: Delivered<FinishedEvent>): Promise<void> {
  const { run } = await readEvent(delivered);
  kept.add(run.id);
}
