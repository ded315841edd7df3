import { RemovalPolicy, type Stack } from 'aws-cdk-lib';
import { AttributeType, Billing, TableV2 } from 'aws-cdk-lib/aws-dynamodb';
import type { CyberdeskWebhooks } from 'cyberdesk-webhooks';

/** A table of your own, into which the handler may write. */
export function extend({ stack, receiver }: { stack: Stack; receiver: CyberdeskWebhooks }): void {
  const { persist } = receiver.destinations;
  if (!persist) return;
  const runs = new TableV2(stack, 'Runs', {
    partitionKey: { name: 'id', type: AttributeType.STRING },
    billing: Billing.onDemand(),
    pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
    removalPolicy: RemovalPolicy.RETAIN,
  });
  runs.grant(persist, 'dynamodb:UpdateItem');
  persist.addEnvironment('RUNS_TABLE', runs.tableName);
}
