import { Duration } from 'aws-cdk-lib';
import { Stats } from 'aws-cdk-lib/aws-cloudwatch';
import type { Installation } from '../installation.ts';
import type { Settings } from '../settings/defaults.ts';
import { SWEEPER_INTERVAL } from '../timing.ts';
import type { AlarmDefinition } from './alarm-definition.ts';
import { linksOf } from './alarm-links.ts';
import { queueLink, secretLink } from './console-links.ts';
import { FAILING, failing, MANY_FAILURES, sum } from './expressions.ts';
import { LONG, REDELIVERED, SHORT, STANDING } from './periods.ts';
import { type ServiceMetricName, serviceMetric } from './service-metric.ts';

/** Alarms about what happens to accepted events. */
export function processingAlarms(
  installation: Installation,
  { alarms: options }: Settings,
): AlarmDefinition[] {
  const { verifier, processor, sweeper, eventQueue, apiKeySecret } = installation;
  const count = (name: ServiceMetricName, period = SHORT) => serviceMetric(installation, name, { period });
  const links = linksOf(installation);
  const oldestEventMinutes = options.oldestEventAge.toMinutes();
  return [
    {
      id: 'OldestUnfinishedEvent',
      severity: 'page',
      title: 'Oldest unfinished event',
      sentence: `An event has been waiting for its follow-ups for ${oldestEventMinutes} minutes or longer.`,
      metric: serviceMetric(installation, 'OldestUnfinishedEventAge', {
        period: SWEEPER_INTERVAL,
        statistic: Stats.MAXIMUM,
      }),
      threshold: options.oldestEventAge.toSeconds(),
      // A sweep that cannot read the table reports nothing, and the event still waits.
      keepsState: true,
      links: { Queue: queueLink(eventQueue.queue), ...links.processor },
    },
    {
      id: 'CyberdeskUnavailable',
      severity: 'page',
      isFullOnly: true,
      title: 'Cyberdesk unavailable',
      sentence:
        'Cyberdesk has answered no call that starts a run for 15 minutes or longer; events wait, and nothing is lost.',
      metric: serviceMetric(installation, 'CyberdeskPauseAge', {
        // Of two sweeps, so that the alarm does not end between them.
        period: Duration.minutes(2 * SWEEPER_INTERVAL.toMinutes()),
        statistic: Stats.MAXIMUM,
      }),
      threshold: LONG.toSeconds(),
      links: links.processor,
    },
    {
      id: 'ApiKeyNotSet',
      severity: 'page',
      title: 'API key not set',
      sentence:
        'Follow-ups wait because the Cyberdesk API key cannot be used: it has no value yet, has one that is not a key, or may not be read.',
      metric: count('ApiKeyNotSet', STANDING),
      threshold: 1,
      links: { Secret: secretLink(apiKeySecret.name), ...links.processor },
    },
    {
      id: 'ApiKeyRejected',
      severity: 'page',
      title: 'API key rejected',
      sentence: 'Cyberdesk rejects the API key, so follow-ups wait.',
      metric: count('ApiKeyRejected', STANDING),
      threshold: 1,
      links: { Secret: secretLink(apiKeySecret.name), ...links.processor },
    },
    {
      id: 'FailedFollowUps',
      severity: 'ticket',
      title: 'Failed follow-ups',
      sentence: 'A follow-up failed permanently; its event is in the dead-letter queue and needs a person.',
      metric: count('FollowUpFailed'),
      threshold: 1,
      links: { 'Dead-letter queue': queueLink(eventQueue.deadLetterQueue), ...links.processor },
    },
    {
      id: 'DeadLetters',
      severity: 'ticket',
      title: 'Dead letters',
      sentence: 'The dead-letter queue has messages; they expire after 14 days.',
      metric: eventQueue.deadLetterQueue.metricApproximateNumberOfMessagesVisible({
        period: SHORT,
        statistic: Stats.MAXIMUM,
      }),
      threshold: 1,
      links: { 'Dead-letter queue': queueLink(eventQueue.deadLetterQueue), ...links.processor },
    },
    {
      id: 'FailingMessages',
      severity: 'page',
      title: 'Failing messages',
      sentence:
        'The processor throws errors: for half an hour it has finished no event, or many messages have failed. They wait, and nothing is lost while they do.',
      metric: failing({
        failed: count('MessageFailed', FAILING),
        processed: count('EventProcessed', FAILING),
        refused: count('FollowUpFailed', FAILING),
      }),
      threshold: 1,
      // One message that fails all the time reaches this too, in its first minutes: later it is tried less often.
      basic: {
        sentence: `The processor throws errors: in half an hour it has failed to handle messages ${MANY_FAILURES} times or more. They wait, and nothing is lost while they do.`,
        metric: count('MessageFailed', FAILING),
        threshold: MANY_FAILURES,
      },
      links: { Queue: queueLink(eventQueue.queue), ...links.processor },
    },
    {
      id: 'FunctionErrors',
      severity: 'ticket',
      title: 'Function errors',
      sentence: 'A function failed or timed out.',
      metric: sum(
        'errors',
        [verifier, processor, sweeper].map(({ function: fn }) => fn.metricErrors()),
        REDELIVERED,
      ),
      threshold: options.functionErrors,
      // A processor that does not load measures nothing itself. A verifier that does not is a server error of the endpoint.
      basic: {
        sentence: 'The processor failed or timed out.',
        metric: processor.function.metricErrors({ period: REDELIVERED, statistic: Stats.SUM }),
        threshold: options.functionErrors,
      },
      links: links.functions,
    },
    {
      id: 'FunctionThrottles',
      severity: 'ticket',
      isFullOnly: true,
      title: 'Function throttles',
      sentence: "Lambda throttles invocations: the account's concurrency is exhausted.",
      metric: sum(
        'throttles',
        [verifier, processor, sweeper].map(({ function: fn }) => fn.metricThrottles()),
        LONG,
      ),
      threshold: options.functionThrottles,
      links: links.functions,
    },
  ];
}
