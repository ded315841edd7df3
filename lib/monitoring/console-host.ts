import { Aws, CfnCondition, Fn } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { partitionOfStack } from '../settings/partition.ts';

const PUBLIC_HOST = 'console.aws.amazon.com';
const HOSTS: Readonly<Record<string, string>> = {
  'aws-cn': 'console.amazonaws.cn',
  'aws-us-gov': 'console.amazonaws-us-gov.com',
  'aws-eusc': 'console.amazonaws-eusc.eu',
};

/**
 * The host of the AWS console, which depends on the partition. Where only the deployment knows that, conditions decide: a
 * mapping would fail in a partition that it does not know.
 *
 * @param scope gets these conditions, so it can be asked once
 */
export function consoleHost(scope: Construct): string {
  const partition = partitionOfStack(scope);
  if (partition !== undefined) return HOSTS[partition] ?? PUBLIC_HOST;
  return Object.entries(HOSTS).reduce((otherwise, [name, host]) => {
    const expression = Fn.conditionEquals(Aws.PARTITION, name);
    const { logicalId } = new CfnCondition(scope, `In-${name}`, { expression });
    return Fn.conditionIf(logicalId, host, otherwise).toString();
  }, PUBLIC_HOST);
}
