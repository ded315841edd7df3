import type { Extend } from '../../lib/extend.ts';

/**
 * Infrastructure of your own, in the stack of each stage. What you create here is deployed with it; tables, queues, topics
 * and Node.js functions run locally, too. {@link Extend} documents the arguments.
 */
export const extend: Extend = () => {};

// For example, the table of handlers/persist-run.ts, for each stage that has it as its destination `persist`:
//
// import { RemovalPolicy } from 'aws-cdk-lib';
// import { AttributeType, TableV2 } from 'aws-cdk-lib/aws-dynamodb';
//
// export const extend: Extend = ({ stack, receiver, stage }) => {
//   const { persist } = receiver.destinations;
//   if (!persist) return;
//   const runs = new TableV2(stack, 'Runs', {
//     partitionKey: { name: 'id', type: AttributeType.STRING },
//     removalPolicy: stage === 'dev' ? RemovalPolicy.DESTROY : RemovalPolicy.RETAIN,
//   });
//   runs.grantWriteData(persist);
//   persist.addEnvironment('RUNS_TABLE', runs.tableName);
// };
