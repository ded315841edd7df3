import type { Engines } from '../../local/emulators/emulators.ts';
import { ElasticQueues } from './queues.ts';
import { MotoTables } from './tables.ts';

const { ENGINES_DYNAMODB, ENGINES_SQS } = process.env;

/** The engines that `npm run test:engines` has started; undefined in any other run. */
export const engines: Engines | undefined =
  ENGINES_DYNAMODB && ENGINES_SQS
    ? (awsUrl) => ({
        dynamodb: new MotoTables(ENGINES_DYNAMODB),
        sqs: new ElasticQueues(ENGINES_SQS, awsUrl),
      })
    : undefined;
