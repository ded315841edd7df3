import { NotConfirmed } from '../../errors.ts';
import type { Stage } from '../../stage/stage.ts';

/** Stages where a slip costs something: all but the local run and `dev`. */
export const asksFirst = ({ isLocal, name }: Stage): boolean => !isLocal && name !== 'dev';

/**
 * The server's half of the question that the page asks: a change must name the stage that it is meant for.
 *
 * @throws NotConfirmed
 */
export function checkConfirmed(stage: Stage, confirm: string | undefined): void {
  if (asksFirst(stage) && confirm !== stage.name) {
    throw new NotConfirmed(`this changes ${stage.stackName}: confirm it with "confirm": "${stage.name}"`);
  }
}
