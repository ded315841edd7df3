import type { Stack } from '@aws-sdk/client-cloudformation';
import type { FoundStage } from './stage.ts';

/** What the status of a stack means for its next deployment. */
export type StackState =
  /** It does not exist, or only as a change set that was never executed. */
  | { kind: 'absent' }
  | { kind: 'deployable'; status: string }
  | { kind: 'changing'; status: string }
  /** Its creation was rolled back. CloudFormation can only delete it, and only while it is not protected. */
  | { kind: 'creation-failed'; status: string; isProtected: boolean }
  /** An update or a deletion is stuck half-way. */
  | { kind: 'stuck'; status: string };

const NOT_THERE = ['DELETE_COMPLETE', 'REVIEW_IN_PROGRESS'];
const STUCK = ['DELETE_FAILED', 'UPDATE_ROLLBACK_FAILED', 'IMPORT_ROLLBACK_FAILED'];

/** @param stack undefined if no stack has this name */
export function stateOf(
  stack: Pick<Partial<Stack>, 'StackStatus' | 'EnableTerminationProtection'> | undefined,
): StackState {
  const status: string = stack?.StackStatus ?? 'DELETE_COMPLETE';
  if (NOT_THERE.includes(status)) return { kind: 'absent' };
  if (status.endsWith('_IN_PROGRESS')) return { kind: 'changing', status };
  if (/^ROLLBACK_/.test(status)) {
    return { kind: 'creation-failed', status, isProtected: stack?.EnableTerminationProtection === true };
  }
  return STUCK.includes(status) ? { kind: 'stuck', status } : { kind: 'deployable', status };
}

type Place = Pick<FoundStage, 'name' | 'stackName' | 'region' | 'target'>;

/** A call of AWS's own command line about a stack, as it can be typed. */
export const awsCloudFormation = ({ stackName, region, target }: Place, words: string): string =>
  [
    `aws cloudformation ${words} --stack-name ${stackName}`,
    ...(region ? [`--region ${region}`] : []),
    ...(target.profile ? [`--profile ${target.profile}`] : []),
  ].join(' ');

/** What is wrong with a stack that cannot simply be deployed, and the way out. */
export function obstacle(state: StackState, place: Place): { problem: string; next: string } | undefined {
  const { name, stackName } = place;
  switch (state.kind) {
    case 'absent':
    case 'deployable':
      return undefined;
    case 'changing':
      return {
        problem: `${stackName} is changing: ${state.status}`,
        next: 'wait until that is over, then repeat',
      };
    case 'creation-failed': {
      const problem = `${stackName}: ${state.status}, its first deployment failed${state.isProtected ? ', and it is protected from deletion' : ''}`;
      const again = `npm run deploy -- ${name} says what failed, and starts over`;
      if (!state.isProtected) return { problem, next: again };
      const words = 'update-termination-protection --no-enable-termination-protection';
      return { problem, next: `${again}; before a plain cdk deploy: ${awsCloudFormation(place, words)}` };
    }
    case 'stuck': {
      const words = state.status === 'DELETE_FAILED' ? 'delete-stack' : 'continue-update-rollback';
      return {
        problem: `${stackName}: ${state.status}`,
        next: `see its events in the CloudFormation console, fix the cause, then: ${awsCloudFormation(place, words)}`,
      };
    }
  }
}
