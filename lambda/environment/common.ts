import { DAY } from '../core/model/index.ts';
import { type Fields, number, text } from './fields.ts';

/** Values that every function has. Durations are milliseconds here and everywhere in the code. */
export interface CommonEnvironment {
  stackName: string;
  stage: string;
  eventRetention: number;
  completionRetention: number;
  tableName: string;
  queueUrl: string;
}

export const commonFields: Fields<CommonEnvironment> = {
  stackName: text('STACK_NAME'),
  stage: text('STAGE'),
  eventRetention: number('EVENT_RETENTION_DAYS', DAY),
  completionRetention: number('COMPLETION_RETENTION_DAYS', DAY),
  tableName: text('TABLE_NAME'),
  queueUrl: text('QUEUE_URL'),
};
