import { ListStackResourcesCommand, type StackResourceSummary } from '@aws-sdk/client-cloudformation';
import { allOf } from './pages.ts';
import type { FoundStage } from './stage.ts';

/** All resources of the stack, as CloudFormation lists them: also those that are deleted or were never created. */
export const stackResources = ({
  clients,
  stackName,
}: Pick<FoundStage, 'clients' | 'stackName'>): Promise<StackResourceSummary[]> =>
  allOf(async (token) => {
    const { StackResourceSummaries: items, NextToken: next } = await clients.cloudFormation.send(
      new ListStackResourcesCommand({ StackName: stackName, NextToken: token }),
    );
    return { items, next };
  });
