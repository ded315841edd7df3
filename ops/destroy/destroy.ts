import { setTimeout as wait } from 'node:timers/promises';
import { DeleteStackCommand } from '@aws-sdk/client-cloudformation';
import { OperatorError } from '../errors.ts';
import { describeStack } from '../stage/deployed.ts';
import type { FoundStage } from '../stage/stage.ts';
import { checkFound, StageProtectedError } from './guard.ts';
import { isRemovable, removeRetained } from './remove.ts';
import { type Retained, retainedResources } from './retained.ts';

export interface DestroyOptions {
  onProgress?: (text: string) => void;
  /** Milliseconds. */
  sleep?: (ms: number) => Promise<unknown>;
}

export interface Destroyed {
  stack: string;
  /** Removed beforehand, as the stack would have left it behind. */
  removed: Retained[];
  /** Left behind: this command does not know how to remove it. */
  left: Retained[];
}

/** Between two looks at the stack, milliseconds. */
const INTERVAL = 5000;

/** @throws StageProtectedError */
export async function checkDestroyable(stage: FoundStage): Promise<void> {
  checkFound(stage);
  const stack = await describeStack(stage.clients.cloudFormation, stage.stackName);
  if (stack?.EnableTerminationProtection) {
    throw new StageProtectedError(
      `${stage.stackName} is protected (protectData): set protectData: false in stages.ts, deploy, and repeat`,
    );
  }
}

/**
 * Takes a stage away: first what its stack would leave behind, then the stack. Cut off at any point, a second call
 * finishes it: until the stack is gone, it names what is to be removed.
 *
 * @throws StageProtectedError, OperatorError when CloudFormation gives up
 */
export async function destroyStage(stage: FoundStage, options: DestroyOptions = {}): Promise<Destroyed> {
  const { onProgress = () => undefined, sleep = (ms) => wait(ms) } = options;
  await checkDestroyable(stage);
  const retained = await retainedResources(stage);
  const removed = retained.filter(isRemovable);
  for (const one of removed) {
    onProgress(`removing ${one.type} ${one.physicalId}`);
    await removeRetained(stage, one, sleep);
  }
  await stage.clients.cloudFormation.send(new DeleteStackCommand({ StackName: stage.stackName }));
  // A stack that could not be deleted before may show that once more.
  for (let mayBeOld = true; ; mayBeOld = false) {
    const stack = await describeStack(stage.clients.cloudFormation, stage.stackName);
    if (!stack || stack.StackStatus === 'DELETE_COMPLETE') break;
    if (stack.StackStatus === 'DELETE_FAILED' && !mayBeOld) {
      throw new OperatorError(
        `CloudFormation could not delete ${stage.stackName}: ${stack.StackStatusReason ?? 'see its events in the console'}; then repeat the command`,
      );
    }
    onProgress(`${stage.stackName}: ${stack.StackStatus}`);
    await sleep(INTERVAL);
  }
  return { stack: stage.stackName, removed, left: retained.filter((one) => !isRemovable(one)) };
}
