import { commonFields } from './common.ts';
import { text } from './fields.ts';

/** Environment of the sweeper. */
export const sweeperEnvironment = {
  ...commonFields,
  tableName: text('TABLE_NAME'),
  queueUrl: text('QUEUE_URL'),
};

export type SweeperEnvironment = {
  [K in keyof typeof sweeperEnvironment]: ReturnType<(typeof sweeperEnvironment)[K]['read']>;
};
