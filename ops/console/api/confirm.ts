import { NotConfirmedError } from '../../errors.ts';
import { asksFirst, type Stage } from '../../stage/stage.ts';

/**
 * The server's half of the page's confirmation: a change must name the stage that it is meant for.
 *
 * @throws NotConfirmedError
 */
export function checkConfirmed(stage: Stage, confirm: string | undefined): void {
  if (asksFirst(stage) && confirm !== stage.name) {
    throw new NotConfirmedError(
      `this changes ${stage.stackName}: confirm it with "confirm": "${stage.name}"`,
    );
  }
}
