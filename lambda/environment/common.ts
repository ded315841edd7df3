import { DAY } from '../core/model/index.ts';
import { type Fields, number, text } from './fields.ts';

/** Values that every function has. Durations are milliseconds here and everywhere in the code. */
export interface CommonEnvironment {
  stackName: string;
  stage: string;
  tableName: string;
  queueUrl: string;
  eventRetention: number;
  completionRetention: number;
}

export const commonFields: Fields<CommonEnvironment> = {
  stackName: text('STACK_NAME'),
  stage: text('STAGE'),
  tableName: text('TABLE_NAME'),
  queueUrl: text('QUEUE_URL'),
  eventRetention: number('EVENT_RETENTION_DAYS', DAY),
  completionRetention: number('COMPLETION_RETENTION_DAYS', DAY),
};
