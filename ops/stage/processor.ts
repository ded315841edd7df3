import { GetFunctionCommand } from '@aws-sdk/client-lambda';
import { OperatorError } from '../errors.ts';
import { stackResources } from './resources.ts';
import type { FoundStage, Stage } from './stage.ts';

/** The processor as it is deployed. */
export interface DeployedProcessor {
  readonly environment: Readonly<Record<string, string>>;
  /** Where its code can be downloaded for the next minutes. */
  readonly codeUrl: string;
}

/** The stack has no processor. */
export class NoProcessorError extends OperatorError {
  override name = 'NoProcessor';
}

/** Resources of the stack of a type: logical and physical ids. */
async function resourcesOf(stage: FoundStage, type: string) {
  return (await stackResources(stage)).flatMap(
    ({ ResourceType, LogicalResourceId: logical = '', PhysicalResourceId: physical }) =>
      ResourceType === type && physical ? [{ logical, physical }] : [],
  );
}

const isNamedProcessor = ({ logical }: { logical: string }): boolean => logical.includes('Processor');

/** The function that asks the rules, of a deployed stage. @throws NoProcessorError */
export async function deployedProcessor(stage: Stage): Promise<DeployedProcessor> {
  const functions = await resourcesOf(stage, 'AWS::Lambda::Function');
  // The stack may have functions of the customer's own, so a name proves nothing.
  functions.sort((a, b) => Number(isNamedProcessor(b)) - Number(isNamedProcessor(a)));
  for (const { physical } of functions) {
    const { Configuration, Code } = await stage.clients.lambda.send(
      new GetFunctionCommand({ FunctionName: physical }),
    );
    const environment = Configuration?.Environment?.Variables ?? {};
    if (environment.POWERTOOLS_SERVICE_NAME === 'processor')
      return { environment, codeUrl: Code?.Location ?? '' };
  }
  throw new NoProcessorError(`stack ${stage.stackName} has no processor`, {
    next: 'deploy it again with this release, or name another stack with --name',
  });
}
