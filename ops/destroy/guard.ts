import { OperatorError } from '../errors.ts';
import { type FoundStage, stackNameOf } from '../stage/stage.ts';

/** A stage that this command never takes away. */
export class StageProtectedError extends OperatorError {
  override name = 'StageProtected';
}

const NEVER = ['prod', 'production', 'live'];

/** `prod-eu`, `euProd2` and `my.live` each have one of the words; `olive` has not. */
const hasWord = (name: string): boolean =>
  name.split(/[^A-Za-z]+|(?<=[a-z])(?=[A-Z])/).some((word) => NEVER.includes(word.toLowerCase()));

/**
 * Refuses by name alone, before anything is looked up: whether there is such a stack changes nothing.
 *
 * @throws StageProtectedError
 */
export function checkName({ stage, name }: { stage: string; name?: string }): void {
  if (stage === 'local') throw new StageProtectedError('the local run holds nothing: end it with Ctrl-C');
  refuse(stackNameOf(stage, name), stage);
}

/** The same of one that was found. @throws StageProtectedError */
export function checkFound({ isLocal, name, stackName }: FoundStage): void {
  if (isLocal) checkName({ stage: 'local' });
  refuse(stackName, name);
}

/** By both names: a stage of one's own may be called anything, and so may an installation. */
function refuse(stackName: string, stage: string): void {
  if (!hasWord(stackName) && !hasWord(stage)) return;
  throw new StageProtectedError(
    `what is called prod or live is never taken away by this command: ${stackName} can only be deleted by hand, in the CloudFormation console`,
  );
}
