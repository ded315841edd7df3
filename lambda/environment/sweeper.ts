import { codec, text } from './codec.ts';
import { commonFields } from './common.ts';

/** Environment of the sweeper. */
export const sweeperEnvironment = codec({
  ...commonFields,
  tableName: text('TABLE_NAME'),
  queueUrl: text('QUEUE_URL'),
});
