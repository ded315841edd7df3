import {
  DescribeStackEventsCommand,
  type StackEvent,
  UpdateTerminationProtectionCommand,
} from '@aws-sdk/client-cloudformation';
import type { Place } from './place.ts';

/** The resources whose creation failed by themselves, in words; those that were only cancelled after them are left out. */
export async function causesOf({ clients, stackName }: Place): Promise<string[]> {
  const { StackEvents: events = [] } = await clients.cloudFormation.send(
    new DescribeStackEventsCommand({ StackName: stackName }),
  );
  return events
    .filter(isCause)
    .map(
      ({ ResourceType, LogicalResourceId, ResourceStatusReason = 'no reason given' }) =>
        `${ResourceType} ${LogicalResourceId}: ${ResourceStatusReason}`,
    )
    .reverse();
}

const isCause = ({ ResourceStatus, ResourceType, ResourceStatusReason = '' }: StackEvent): boolean =>
  ResourceStatus === 'CREATE_FAILED' &&
  ResourceType !== 'AWS::CloudFormation::Stack' &&
  !/creation cancelled/i.test(ResourceStatusReason);

/** Without it, cdk cannot delete the stack; the next deployment protects it again. */
export async function liftProtection({ clients, stackName }: Place): Promise<void> {
  await clients.cloudFormation.send(
    new UpdateTerminationProtectionCommand({ StackName: stackName, EnableTerminationProtection: false }),
  );
}
