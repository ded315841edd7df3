import { type CloudFormationClient, DescribeStacksCommand, type Stack } from '@aws-sdk/client-cloudformation';
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
 * @param clients for tests; made from the settings otherwise
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
 * A deployed stack by its name alone: one whose creation has failed has no outputs, and is there all the same.
 *
 * @param clients for tests; made from the settings otherwise
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
    const error = new StackNotDeployedError(
      `there is no stack ${stackName} in ${region || 'this region'}: deploy it (npm run deploy -- ${settings.stage}), or name where it is with --region, --profile or --name`,
    );
    throw Object.assign(error, { region });
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

/** Undefined where there is none. */
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

/** The region that the SDK settles on. @throws when there is none, or it cannot be one */
export async function regionOf(clients: Clients, given: string | undefined): Promise<string> {
  const { config } = clients.cloudFormation as CloudFormationClient;
  return (await config?.region?.()) ?? given ?? '';
}
