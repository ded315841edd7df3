import type { ActionRecord } from '../../lambda/core/model/index.ts';
import type { ActionView } from './summary.ts';

/** The progress of an action. */
export function actionState(action: ActionRecord): ActionView['state'] {
  if (action.result) return action.decision?.kind === 'skip' ? 'skipped' : 'done';
  if (action.failure) return 'failed';
  if (action.not_before !== undefined) return 'waiting';
  return action.begun ? 'begun' : 'planned';
}
