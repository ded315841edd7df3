import type { Extend } from './lib/extend.ts';

/**
 * Infrastructure of your own, in the stack of each stage. What you create here is deployed with it; tables, queues, topics
 * and Node.js functions run locally, too. {@link Extend} documents the arguments.
 */
export const extend: Extend = () => {};

// For example, the table of handlers/persist-run.ts, for each stage that has it as its destination `persist`
// (docs/own-code.md). It takes the place of the line above:
//
// import { RemovalPolicy } from 'aws-cdk-lib';
// import { AttributeType, Billing, TableV2 } from 'aws-cdk-lib/aws-dynamodb';
//
// export const extend: Extend = ({ stack, receiver }) => {
//   const { persist } = receiver.destinations;
//   if (!persist) return;
//   const runs = new TableV2(stack, 'Runs', {
//     partitionKey: { name: 'id', type: AttributeType.STRING },
//     billing: Billing.onDemand(),
//     pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
//     removalPolicy: RemovalPolicy.RETAIN,
//   });
//   runs.grant(persist, 'dynamodb:UpdateItem');
//   persist.addEnvironment('RUNS_TABLE', runs.tableName);
// };
