import { ListStacksCommand, type StackSummary } from '@aws-sdk/client-cloudformation';
import { OperatorError, StackNotDeployedError } from '../errors.ts';
import { type Clients, createClients } from './clients.ts';
import type { DeployedSettings } from './deployed.ts';
import { declaredStages } from './own-files.ts';
import { allOf } from './pages.ts';
import { stackNameOf } from './stage.ts';

/** A stage that neither `stages.ts` nor the account has. */
export class UnknownStageError extends OperatorError {
  override name = 'UnknownStage';
}

/**
 * Connects to a stage. If that fails and `stages.ts` lacks the stage, or its stack is not deployed, the error names the
 * stages that exist: a misspelt name is the likeliest cause, whatever else is missing too.
 *
 * @throws UnknownStageError
 */
export async function orNameStages<T>(
  settings: DeployedSettings,
  connect: () => Promise<T>,
  clients = () => createClients(settings),
): Promise<T> {
  try {
    return await connect();
  } catch (error) {
    const declared = await declaredStages();
    const isMissing = error instanceof StackNotDeployedError;
    if (!isMissing && (declared.length === 0 || declared.includes(settings.stage))) throw error;
    const deployed = isMissing ? await deployedStages(clients(), settings.name) : [];
    throw unknownStage(settings, error, { declared, deployed }) ?? error;
  }
}

interface Known {
  declared: readonly string[];
  deployed: readonly string[];
}

/** Undefined if there is nothing to add to the error. */
function unknownStage({ stage }: DeployedSettings, cause: unknown, { declared, deployed }: Known) {
  const places = [
    ...(declared.length > 0 ? [`stages.ts has ${declared.join(', ')}`] : []),
    ...(deployed.length > 0 ? [`deployed there: ${deployed.join(', ')}`] : []),
  ];
  if (places.length === 0) return undefined;
  const known = places.join('; ');
  if (declared.length > 0 && !declared.includes(stage))
    return new UnknownStageError(`there is no stage "${stage}"`, {
      next: `name one that exists (${known}), or the local run (local)`,
      cause,
    });
  if (!(cause instanceof StackNotDeployedError)) return undefined;
  return new StackNotDeployedError(cause.stackName, { stage, region: cause.region, known });
}

const GONE = /^(DELETE_COMPLETE|REVIEW_IN_PROGRESS)$/;

/** Stages of this app that are deployed in the account and region; none if the caller may not list stacks. */
export async function deployedStages(
  { cloudFormation }: Pick<Clients, 'cloudFormation'>,
  name: string | undefined,
): Promise<string[]> {
  const prefix = `${stackNameOf('', name)}-`;
  const stacks = await allOf<StackSummary>(async (token) => {
    const { StackSummaries: items, NextToken: next } = await cloudFormation.send(
      new ListStacksCommand({ NextToken: token }),
    );
    return { items, next };
  }).catch(() => []);
  const names = stacks.flatMap(({ StackName = '', StackStatus = '' }) =>
    StackName.startsWith(prefix) && !GONE.test(StackStatus) ? [StackName.slice(prefix.length)] : [],
  );
  return [...new Set(names)].filter((stage) => /^[\w]+$/.test(stage)).sort();
}
