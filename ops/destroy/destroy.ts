import { setTimeout as wait } from 'node:timers/promises';
import { DeleteStackCommand } from '@aws-sdk/client-cloudformation';
import { SECOND } from '../../lambda/core/model/index.ts';
import { OperatorError } from '../errors.ts';
import { describeStack } from '../stage/deployed.ts';
import { awsCloudFormation, stateOf } from '../stage/stack-state.ts';
import type { FoundStage } from '../stage/stage.ts';
import { type Retained, removeRetained, retainedResources } from './retained.ts';

export class StageProtectedError extends OperatorError {
  override name = 'StageProtected';
}

const NEVER = ['prod', 'production', 'live'];

/** `prod-eu`, `euProd2` and `my.live` contain one of the words; `olive` does not. */
const hasWord = (name: string): boolean =>
  name.split(/[^A-Za-z]+|(?<=[a-z])(?=[A-Z])/).some((word) => NEVER.includes(word.toLowerCase()));

/**
 * Refuses by name alone, before it is looked up whether the stack exists. By both names: a stage of the app may be called
 * anything, and so may an installation.
 * @throws StageProtectedError
 */
export function checkNames(stage: string, stackName: string): void {
  if (stage === 'local')
    throw new StageProtectedError('the local run has nothing to delete', { next: 'end it with Ctrl-C' });
  if (!hasWord(stackName) && !hasWord(stage)) return;
  throw new StageProtectedError(
    'this command never deletes a stage that is called prod, production or live',
    {
      next: `delete ${stackName} by hand, in the CloudFormation console; if its first deployment failed, npm run deploy -- ${stage} starts over`,
    },
  );
}

export interface DestroyOptions {
  onProgress?: (text: string) => void;
  /** Milliseconds. */
  sleep?: (ms: number) => Promise<unknown>;
}

/** What was deleted. Field names are part of `--json`. */
export interface Destroyed {
  stack: string;
  /** Deleted beforehand, as the stack would have left it behind. */
  removed: Retained[];
  /** Left behind: the customer's own, or what this command does not know how to delete. */
  left: Retained[];
}

/** Between two looks at the stack, milliseconds. */
const INTERVAL = 5 * SECOND;

/** @throws StageProtectedError */
export async function checkDestroyable(stage: FoundStage): Promise<void> {
  checkNames(stage.name, stage.stackName);
  const stack = await describeStack(stage.clients.cloudFormation, stage.stackName);
  if (!stack?.EnableTerminationProtection) return;
  const failed = stateOf(stack).kind === 'creation-failed';
  const words = 'update-termination-protection --no-enable-termination-protection';
  throw new StageProtectedError(`${stage.stackName} is protected (protectData)`, {
    // One whose creation failed cannot be deployed with other settings: it would have to be deleted first.
    next: `${failed ? awsCloudFormation(stage, words) : 'set protectData: false in stages.ts, deploy'}; then repeat the command`,
  });
}

/**
 * Deletes a stage: first what its stack would leave behind, then the stack. If this is interrupted at any point, a second
 * call finishes it: as long as the stack exists, it names what is to be deleted.
 * @throws StageProtectedError, OperatorError if CloudFormation fails
 */
export async function destroyStage(stage: FoundStage, options: DestroyOptions = {}): Promise<Destroyed> {
  const { onProgress = () => undefined, sleep = (ms) => wait(ms) } = options;
  await checkDestroyable(stage);
  const { data, left } = await retainedResources(stage);
  for (const one of data) {
    onProgress(`deleting ${one.type} ${one.physicalId}`);
    await removeRetained(stage, one, sleep);
  }
  await stage.clients.cloudFormation.send(new DeleteStackCommand({ StackName: stage.stackName }));
  await waitUntilDeleted(stage, onProgress, sleep);
  return { stack: stage.stackName, removed: data, left };
}

async function waitUntilDeleted(
  { clients, stackName }: FoundStage,
  onProgress: (text: string) => void,
  sleep: (ms: number) => Promise<unknown>,
): Promise<void> {
  // A stack whose earlier deletion failed may still report that for a moment.
  for (let mayBeOld = true; ; mayBeOld = false) {
    const stack = await describeStack(clients.cloudFormation, stackName);
    if (!stack || stack.StackStatus === 'DELETE_COMPLETE') return;
    if (stack.StackStatus === 'DELETE_FAILED' && !mayBeOld) {
      throw new OperatorError(`CloudFormation could not delete ${stackName}`, {
        next: `${stack.StackStatusReason ?? 'see its events in the console'}; then repeat the command`,
      });
    }
    onProgress(`${stackName}: ${stack.StackStatus}`);
    await sleep(INTERVAL);
  }
}
