import { Duration } from 'aws-cdk-lib';
import { Rule, RuleTargetInput, Schedule } from 'aws-cdk-lib/aws-events';
import { LambdaFunction as FunctionTarget } from 'aws-cdk-lib/aws-events-targets';
import type { Construct } from 'constructs';
import {
  BY_DAY_INDEX,
  CENSUS_KEY,
  KEY_PREFIXES,
  OPEN_INDEX,
  PAUSE_KEY,
  SWEEP_KEY,
} from '../../lambda/core/model/index.ts';
import { writeEnvironment } from '../../lambda/environment/fields.ts';
import { sweeperEnvironment } from '../../lambda/environment/sweeper.ts';
import { SWEEPER_INTERVAL, SWEEPER_TIMEOUT } from '../timing.ts';
import { commonEnvironment } from './environment.ts';
import type { Parts } from './parts.ts';
import { ServiceFunction } from './service-function.ts';
import { underKeys } from './under-keys.ts';

/** Requeues events that nothing has worked on for an hour, and reports the age of the oldest unfinished event. */
export class Sweeper extends ServiceFunction {
  /** Rule that invokes the function every 15 minutes. */
  readonly schedule: Rule;

  constructor(scope: Construct, id: string, parts: Parts) {
    const { table } = parts.eventsTable;
    const { queue } = parts.eventQueue;
    super(scope, id, {
      service: 'sweeper',
      description: 'Sends unfinished Cyberdesk webhooks to the processor again',
      timeout: SWEEPER_TIMEOUT,
      // For its share of a processor: with 256 MiB, 100,000 unfinished events would use up the timeout.
      memorySize: 512,
      settings: parts.settings,
      encryption: parts.encryption,
      environment: writeEnvironment(sweeperEnvironment, commonEnvironment(scope, parts)),
      statements: {
        FindUnfinished: {
          actions: ['dynamodb:Query'],
          resources: [BY_DAY_INDEX, OPEN_INDEX].map((index) => `${table.tableArn}/index/${index}`),
        },
        ReadUnfinished: {
          actions: ['dynamodb:BatchGetItem'],
          resources: [table.tableArn],
          conditions: underKeys(
            ...[KEY_PREFIXES.event, KEY_PREFIXES.run, KEY_PREFIXES.occurrence].map((prefix) => `${prefix}*`),
            PAUSE_KEY.pk,
            SWEEP_KEY.pk,
            CENSUS_KEY.pk,
          ),
        },
        RecordResent: {
          actions: ['dynamodb:PutItem'],
          resources: [table.tableArn],
          conditions: underKeys(`${KEY_PREFIXES.event}*`, SWEEP_KEY.pk, CENSUS_KEY.pk),
        },
        ResendEvents: {
          actions: ['sqs:SendMessage', 'sqs:GetQueueAttributes'],
          resources: [queue.queueArn],
        },
      },
    });
    // A late sweep is useless: the next one does its work.
    const giveUp = { retryAttempts: 0, maxEventAge: Duration.minutes(5) };
    this.function.configureAsyncInvoke(giveUp);
    this.schedule = new Rule(this, 'Schedule', {
      description: 'Looks for unfinished Cyberdesk webhooks',
      schedule: Schedule.rate(SWEEPER_INTERVAL),
      targets: [new FunctionTarget(this.function, { event: RuleTargetInput.fromObject({}), ...giveUp })],
    });
  }
}
