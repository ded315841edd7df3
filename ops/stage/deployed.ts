import { CloudFormationClient, DescribeStacksCommand, type Stack } from '@aws-sdk/client-cloudformation';
import { StackNotDeployedError } from '../errors.ts';
import { createClients } from './clients.ts';
import { type Target, targetOf } from './command-line.ts';
import { isAwsError } from './explain.ts';
import { readOutputs } from './outputs.ts';
import { type Clients, type FoundStage, type Stage, stackNameOf } from './stage.ts';

/** Where a deployed stack is. */
export type DeployedSettings = Omit<Target, 'port'>;

/**
 * A deployed stack: its facts come from its outputs, access from the caller's usual credentials.
 *
 * @param clients for tests; by default made from the settings
 * @throws StackNotDeployedError
 */
export async function connectDeployed(
  settings: DeployedSettings,
  clients: Clients = createClients(settings),
): Promise<Stage> {
  const { stage, stack } = await lookFor(settings, clients);
  const outputs = Object.fromEntries(
    (stack.Outputs ?? []).map(({ OutputKey, OutputValue }) => [OutputKey ?? '', OutputValue]),
  );
  return { ...stage, outputs: readOutputs(stage.stackName, outputs) };
}

/**
 * A deployed stack by its name alone: one whose creation failed exists, but has no outputs.
 *
 * @param clients for tests; by default made from the settings
 * @throws StackNotDeployedError
 */
export async function findDeployed(
  settings: DeployedSettings,
  clients: Clients = createClients(settings),
): Promise<FoundStage> {
  return (await lookFor(settings, clients)).stage;
}

async function lookFor(
  settings: DeployedSettings,
  clients: Clients,
): Promise<{ stage: FoundStage; stack: Stack }> {
  const stackName = stackNameOf(settings.stage, settings.name);
  const region = await regionOf(clients, settings.region);
  const stack = await describeStack(clients.cloudFormation, stackName);
  if (!stack) {
    throw new StackNotDeployedError(stackName, { stage: settings.stage, region });
  }
  const stage = {
    name: settings.stage,
    isLocal: false,
    stackName,
    region,
    clients,
    target: targetOf(settings),
  };
  return { stage, stack };
}

/** The stack with this name; undefined if it does not exist. */
export async function describeStack(
  cloudFormation: Pick<CloudFormationClient, 'send'>,
  stackName: string,
): Promise<Stack | undefined> {
  try {
    const { Stacks } = await cloudFormation.send(new DescribeStacksCommand({ StackName: stackName }));
    return Stacks?.[0];
  } catch (error) {
    if (isAwsError(error, 'ValidationError') && /does not exist/.test(error.message)) return undefined;
    throw error;
  }
}

/** The region that the SDK chooses. @throws if there is none, or it is not a region */
export async function regionOf(clients: Clients, given: string | undefined): Promise<string> {
  const { cloudFormation } = clients;
  const region =
    cloudFormation instanceof CloudFormationClient ? await cloudFormation.config.region() : given;
  return region ?? '';
}
