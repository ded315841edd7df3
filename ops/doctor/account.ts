import { GetCallerIdentityCommand } from '@aws-sdk/client-sts';
import { describeStack } from '../stage/deployed.ts';
import type { Clients } from '../stage/stage.ts';
import { type Finding, ok, problem, warning } from './check.ts';

/** Whose credentials these are. */
export async function checkCredentials({ sts }: Pick<Clients, 'sts'>): Promise<Finding> {
  const { Account, Arn = '' } = await sts.send(new GetCallerIdentityCommand({}));
  return ok('credentials', `account ${Account}, as ${Arn.split(':').at(-1)}`);
}

/** Whether the stack exists and is not changing. */
export async function checkStack(
  { cloudFormation }: Pick<Clients, 'cloudFormation'>,
  stackName: string,
  stage: string,
): Promise<Finding> {
  const stack = await describeStack(cloudFormation, stackName);
  if (!stack) {
    return problem(
      'stack',
      `${stackName} is not deployed in this account and region`,
      `npm run deploy -- ${stage}; or say where it is with --region, --profile or --name`,
    );
  }
  const { StackStatus: status = '' } = stack;
  if (status.endsWith('_IN_PROGRESS')) {
    return warning(
      'stack',
      `${stackName} is changing: ${status}`,
      'wait until the deployment is over, then repeat',
    );
  }
  if (status.includes('FAILED') || status === 'ROLLBACK_COMPLETE') {
    return problem(
      'stack',
      `${stackName}: ${status}`,
      'see its events in the CloudFormation console, fix the cause, and deploy again',
    );
  }
  return ok('stack', `${stackName}: ${status}`);
}
