import { DescribeStacksCommand, GetTemplateCommand } from '@aws-sdk/client-cloudformation';
import { StackNotDeployedError } from '../errors.ts';
import { type Clients, createClients } from './clients.ts';
import { type Target, targetOf } from './command-line.ts';
import { isAwsError } from './explain.ts';
import { type FoundStage, readOutputs, type Stage, stackNameOf } from './stage.ts';

export type DeployedSettings = Omit<Target, 'port'>;

/** Its facts come from its outputs, access from the usual credentials. @throws StackNotDeployedError */
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

/** By its name alone: a stack whose creation failed exists, but has no outputs. @throws StackNotDeployedError */
export async function findDeployed(
  settings: DeployedSettings,
  clients: Clients = createClients(settings),
): Promise<FoundStage> {
  return (await lookFor(settings, clients)).stage;
}

async function lookFor(settings: DeployedSettings, clients: Clients) {
  const stackName = stackNameOf(settings.stage, settings.name);
  const region = await regionOf(clients, settings.region);
  const stack = await describeStack(clients.cloudFormation, stackName);
  if (!stack) throw new StackNotDeployedError(stackName, { stage: settings.stage, region });
  const stage = {
    name: settings.stage,
    isLocal: false,
    stackName,
    since: stack.CreationTime?.getTime() ?? 0,
    region,
    clients,
    target: targetOf(settings),
  };
  return { stage, stack };
}

/** The stack with this name; undefined if it does not exist. */
export async function describeStack(cloudFormation: Clients['cloudFormation'], stackName: string) {
  try {
    const { Stacks } = await cloudFormation.send(new DescribeStacksCommand({ StackName: stackName }));
    return Stacks?.[0];
  } catch (error) {
    if (isAwsError(error, 'ValidationError') && /does not exist/.test(error.message)) return undefined;
    throw error;
  }
}

/** The region that the SDK chooses. @throws if none is configured, or it is not a valid region */
export const regionOf = async ({ cloudFormation }: Clients, given: string | undefined): Promise<string> =>
  (await cloudFormation.region?.()) ?? given ?? '';

export interface Template {
  Resources?: Record<string, Resource>;
  Outputs?: Record<string, { Value?: unknown }>;
}

export interface Resource {
  Type: string;
  DeletionPolicy?: string;
  Properties?: Record<string, unknown>;
}

export async function readTemplateText({
  clients,
  stackName,
}: Pick<FoundStage, 'clients' | 'stackName'>): Promise<string> {
  const { TemplateBody = '{}' } = await clients.cloudFormation.send(
    new GetTemplateCommand({ StackName: stackName }),
  );
  return TemplateBody;
}

/** The template as it is deployed: what should exist. */
export const readTemplate = async (stage: FoundStage): Promise<Template> =>
  JSON.parse(await readTemplateText(stage));
