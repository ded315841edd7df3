import { Duration, Stack } from 'aws-cdk-lib';
import { type IMetric, MathExpression, Stats } from 'aws-cdk-lib/aws-cloudwatch';
import type { Installation } from '../installation.ts';
import type { Settings } from '../settings/defaults.ts';
import { SWEEPER_INTERVAL } from '../timing.ts';
import type { AlarmDefinition } from './alarm-definition.ts';
import { functionLink, logsLink, queueLink, secretLink } from './console-links.ts';
import { type ServiceMetricName, serviceMetric } from './service-metric.ts';

const SHORT = Duration.minutes(5);
const LONG = Duration.minutes(15);

/** Every alarm of an installation, in the order in which an event travels. */
export function alarmList(
  installation: Installation,
  { alarms: options, sourceIpAllowList }: Settings,
): AlarmDefinition[] {
  const { verifier, processor, sweeper, eventQueue, endpoint, signingSecret, apiKeySecret } = installation;
  const count = (name: ServiceMetricName, period = SHORT) => serviceMetric(installation, name, { period });
  const links = linksOf(installation);
  const silenceHours = options.silence?.toHours();
  const oldestEventMinutes = options.oldestEventAge.toMinutes();
  return [
    {
      id: 'ThrottledRequests',
      title: 'Throttled requests',
      sentence: 'The gateway throttles deliveries; Svix delivers them again later.',
      metric: count('RequestThrottled', LONG),
      threshold: options.throttledRequests,
      links: { 'Access log': logsLink(`/aws/vendedlogs/apis/${Stack.of(installation).stackName}`) },
    },
    {
      id: 'ServerErrors',
      title: 'Server errors',
      sentence:
        'The endpoint responds with 5xx; Svix retries for 27 hours and disables it after five days of failures.',
      metric: endpoint.stage.metricServerError({ period: LONG, statistic: Stats.SUM }),
      threshold: options.serverErrors,
      links: links.verifier,
    },
    ...(sourceIpAllowList.length === 0
      ? []
      : [
          {
            id: 'SourceRejections',
            title: 'Source rejections',
            sentence:
              'Deliveries come from addresses outside the allow-list: not from Svix, or Svix has new addresses.',
            metric: count('SourceRejected', LONG),
            threshold: options.sourceRejections,
            links: links.verifier,
          },
        ]),
    {
      id: 'BodyTooLarge',
      title: 'Body too large',
      sentence:
        'A delivery was larger than this service accepts; if it was an event, it has not been received.',
      metric: count('BodyTooLarge'),
      threshold: 1,
      links: links.verifier,
    },
    {
      id: 'SigningSecretNotSet',
      title: 'Signing secret not set',
      sentence: 'Deliveries are rejected with 503 because the signing secret has no value yet.',
      metric: count('SigningSecretNotSet'),
      threshold: 1,
      links: { Secret: secretLink(signingSecret.name), ...links.verifier },
    },
    {
      id: 'SigningSecretMalformed',
      title: 'Signing secret malformed',
      sentence: 'The signing secret has a value that is not a valid key, so it verifies no delivery.',
      metric: count('SigningSecretMalformed'),
      threshold: 1,
      links: { Secret: secretLink(signingSecret.name), ...links.verifier },
    },
    {
      id: 'SigningSecretOddLength',
      title: 'Signing secret of odd length',
      sentence:
        'The signing secret is shorter or longer than the keys that Svix makes: truncated, or easy to guess.',
      metric: count('SigningSecretOddLength'),
      threshold: 1,
      links: { Secret: secretLink(signingSecret.name), ...links.verifier },
    },
    {
      id: 'SignatureRejections',
      title: 'Signature rejections',
      sentence:
        'Unusually many deliveries have an invalid signature: the secret here is wrong, or they are not from Svix.',
      metric: count('SignatureRejected', LONG),
      threshold: options.signatureRejections,
      links: { Secret: secretLink(signingSecret.name), ...links.verifier },
    },
    {
      id: 'PreviousSecretUsed',
      title: 'Previous secret used',
      sentence: 'Deliveries are signed with the replaced secret only, which will soon be rejected.',
      metric: count('PreviousSecretUsed'),
      threshold: 1,
      links: { Secret: secretLink(signingSecret.name), ...links.verifier },
    },
    {
      id: 'UnprocessableEvents',
      title: 'Unprocessable events',
      sentence:
        'Authentic events have content that cannot be processed; they are stored, but start no follow-ups.',
      metric: count('EventUnprocessable'),
      threshold: 1,
      links: links.verifier,
    },
    {
      id: 'UnknownStatuses',
      title: 'Unknown statuses',
      sentence: 'Runs ended with a status that this release does not know; the rules were not asked.',
      metric: count('UnknownStatus'),
      threshold: 1,
      links: links.verifier,
    },
    ...(silenceHours === undefined
      ? []
      : [
          {
            id: 'Silence',
            title: 'Silence',
            sentence: `No event has been accepted for ${silenceHours} hours.`,
            metric: count('EventAccepted', Duration.hours(1)),
            threshold: 1,
            periods: silenceHours,
            silence: true,
            links: links.verifier,
          },
        ]),
    {
      id: 'OldestUnfinishedEvent',
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
      id: 'ApiKeyNotSet',
      title: 'API key not set',
      sentence:
        'Follow-ups wait because the Cyberdesk API key cannot be used: it has no value yet, has one that is not a key, or may not be read.',
      metric: count('ApiKeyNotSet'),
      threshold: 1,
      links: { Secret: secretLink(apiKeySecret.name), ...links.processor },
    },
    {
      id: 'ApiKeyRejected',
      title: 'API key rejected',
      sentence: 'Cyberdesk rejects the API key, so follow-ups wait.',
      metric: count('ApiKeyRejected'),
      threshold: 1,
      links: { Secret: secretLink(apiKeySecret.name), ...links.processor },
    },
    {
      id: 'FailedFollowUps',
      title: 'Failed follow-ups',
      sentence: 'A follow-up failed permanently; its event is in the dead-letter queue and needs a person.',
      metric: count('FollowUpFailed'),
      threshold: 1,
      links: { 'Dead-letter queue': queueLink(eventQueue.deadLetterQueue), ...links.processor },
    },
    {
      id: 'DeadLetters',
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
      title: 'Failing messages',
      sentence:
        'The processor throws errors: for 15 minutes it has finished no event, or many messages have failed. They wait, and nothing is lost while they do.',
      metric: failing({
        failed: count('MessageFailed', LONG),
        processed: count('EventProcessed', LONG),
        refused: count('FollowUpFailed', LONG),
      }),
      threshold: 1,
      links: { Queue: queueLink(eventQueue.queue), ...links.processor },
    },
    {
      id: 'FunctionErrors',
      title: 'Function errors',
      sentence: 'A function failed or timed out.',
      metric: sum(
        'errors',
        [verifier, processor, sweeper].map(({ function: fn }) => fn.metricErrors()),
        SHORT,
      ),
      threshold: options.functionErrors,
      links: links.functions,
    },
    {
      id: 'FunctionThrottles',
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

/** Messages that fail in 15 minutes while others succeed, from which on it is more than a hiccup of AWS. */
const MANY_FAILURES = 5;

/**
 * 1 while the processor fails. On a quiet stage, one message that fails all the time is all that there is: it is tried
 * every 15 minutes, so what counts is that nothing else happens. The sum is for metrics that were never reported.
 */
function failing(usingMetrics: Record<'failed' | 'processed' | 'refused', IMetric>): MathExpression {
  const nothingElse = 'SUM([failed, FILL(processed, 0), FILL(refused, 0)]) == failed';
  const expression = `IF(failed >= ${MANY_FAILURES} OR (failed > 0 AND ${nothingElse}), 1, 0)`;
  return new MathExpression({ label: 'failing', expression, usingMetrics, period: LONG });
}

/**
 * Sum over the functions; one that was not invoked counts as zero.
 *
 * SUM of a list instead of `+`: that has no result if one of its operands has none, and FILL does not fill a metric that
 * was never reported, such as those of a processor before the first event.
 */
function sum(label: string, metrics: IMetric[], period: Duration): MathExpression {
  const usingMetrics = Object.fromEntries(metrics.map((metric, index) => [`m${index}`, metric]));
  const filled = Object.keys(usingMetrics).map((id) => `FILL(${id}, 0)`);
  const expression = `SUM([${filled.join(', ')}])`;
  return new MathExpression({ label, expression, usingMetrics, period });
}

function linksOf({ verifier, processor, sweeper }: Installation) {
  return {
    verifier: { Log: logsLink(verifier.logGroup.logGroupName) },
    processor: { Log: logsLink(processor.logGroup.logGroupName) },
    functions: {
      Verifier: functionLink(verifier.function),
      Processor: functionLink(processor.function),
      Sweeper: functionLink(sweeper.function),
    },
  };
}
