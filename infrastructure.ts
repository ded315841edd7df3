import type { Extend } from './lib/extend.ts';

/**
 * Infrastructure of your own, in the stack of each stage. What you create here is deployed with it; tables, queues, topics
 * and Node.js functions run locally, too. {@link Extend} documents the arguments.
 */
export const extend: Extend = () => {};

// For example, a table for handlers/persist-run.ts, if stages.ts has it as the destination `persistRun`:
//
// import { RemovalPolicy } from 'aws-cdk-lib';
// import { AttributeType, TableV2 } from 'aws-cdk-lib/aws-dynamodb';
//
// export const extend: Extend = ({ stack, receiver, stage }) => {
//   const runs = new TableV2(stack, 'Runs', {
//     partitionKey: { name: 'run_id', type: AttributeType.STRING },
//     removalPolicy: stage === 'dev' ? RemovalPolicy.DESTROY : RemovalPolicy.RETAIN,
//   });
//   const { persistRun } = receiver.destinations;
//   runs.grantWriteData(persistRun);
//   persistRun.addEnvironment('RUNS_TABLE', runs.tableName);
// };
