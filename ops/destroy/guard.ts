import { OperatorError } from '../errors.ts';
import { type FoundStage, stackNameOf } from '../stage/stage.ts';

/** A stage that this command never deletes. */
export class StageProtectedError extends OperatorError {
  override name = 'StageProtected';
}

const NEVER = ['prod', 'production', 'live'];

/** `prod-eu`, `euProd2` and `my.live` contain one of the words; `olive` does not. */
const hasWord = (name: string): boolean =>
  name.split(/[^A-Za-z]+|(?<=[a-z])(?=[A-Z])/).some((word) => NEVER.includes(word.toLowerCase()));

/**
 * Refuses by name alone, before anything is looked up: it does not matter whether the stack exists.
 *
 * @throws StageProtectedError
 */
export function checkName({ stage, name }: { stage: string; name?: string }): void {
  if (stage === 'local')
    throw new StageProtectedError('the local run has nothing to delete', { next: 'end it with Ctrl-C' });
  refuse(stackNameOf(stage, name), stage);
}

/** The same for a stage that was found. @throws StageProtectedError */
export function checkFound({ isLocal, name, stackName }: FoundStage): void {
  if (isLocal) checkName({ stage: 'local' });
  refuse(stackName, name);
}

/** By both names: a stage of the app may be called anything, and so may an installation. */
function refuse(stackName: string, stage: string): void {
  if (!hasWord(stackName) && !hasWord(stage)) return;
  throw new StageProtectedError(
    'this command never deletes a stage that is called prod, production or live',
    { next: `delete ${stackName} by hand, in the CloudFormation console` },
  );
}
