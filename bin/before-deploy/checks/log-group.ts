import { DescribeLogGroupsCommand } from '@aws-sdk/client-cloudwatch-logs';
import { accessLogGroupOf } from '../../../lib/ingress/access-log.ts';
import { type Finding, problem } from '../../../ops/doctor/check.ts';
import type { Place } from '../place.ts';

/** Whether the only resource with a name of its own is there already: a stack that was deleted may have left it. */
export async function checkLogGroup({ clients, stackName, region }: Place): Promise<Finding[]> {
  const name = accessLogGroupOf(stackName);
  const { logGroups = [] } = await clients.logs.send(
    new DescribeLogGroupsCommand({ logGroupNamePrefix: name }),
  );
  if (!logGroups.some(({ logGroupName }) => logGroupName === name)) return [];
  const text = `the log group ${name} exists, so that the stack cannot be created: an earlier one has left it`;
  const next = `export its lines if you need them, then: aws logs delete-log-group --log-group-name ${name} --region ${region}`;
  return [problem('logs', text, next)];
}
