import { Duration, Stack } from 'aws-cdk-lib';
import { type IMetric, MathExpression, Stats } from 'aws-cdk-lib/aws-cloudwatch';
import type { CyberdeskWebhooks } from '../cyberdesk-webhooks.ts';
import type { Settings } from '../settings/defaults.ts';
import { SWEEPER_INTERVAL } from '../timing.ts';
import type { AlarmDefinition } from './alarm-definition.ts';
import { functionLink, logsLink, queueLink, secretLink } from './console-links.ts';
import { type ServiceMetricName, serviceMetric } from './service-metric.ts';

const SHORT = Duration.minutes(5);
const LONG = Duration.minutes(15);

/** Every alarm of an installation, in the order in which an event travels. */
export function alarmList(
  webhooks: CyberdeskWebhooks,
  { alarms: options, sourceIpAllowList }: Settings,
): AlarmDefinition[] {
  const { verifier, processor, sweeper, queues, endpoint, signingSecret, apiKeySecret } = webhooks;
  const count = (name: ServiceMetricName, period = SHORT) => serviceMetric(webhooks, name, { period });
  const links = linksOf(webhooks);
  const { silenceHours } = options;
  return [
    {
      id: 'ThrottledRequests',
      title: 'Throttled requests',
      sentence: "The gateway's throttle turns deliveries away; Svix brings them again later.",
      metric: count('RequestThrottled', LONG),
      threshold: options.throttledRequests,
      links: { 'Access log': logsLink(`/aws/vendedlogs/apis/${Stack.of(webhooks).stackName}`) },
    },
    {
      id: 'ServerErrors',
      title: 'Server errors',
      sentence:
        'The endpoint answers 5xx; Svix retries for 27 hours and disables it after five days of failures.',
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
              'Deliveries come from addresses outside the allow-list: a stranger, or Svix has new ones.',
            metric: count('SourceRejected', LONG),
            threshold: options.sourceRejections,
            links: links.verifier,
          },
        ]),
    {
      id: 'BodyTooLarge',
      title: 'Body too large',
      sentence: 'A delivery was larger than this service takes; if it was an event, it does not come in.',
      metric: count('BodyTooLarge'),
      threshold: 1,
      links: links.verifier,
    },
    {
      id: 'SigningSecretNotSet',
      title: 'Signing secret not set',
      sentence: 'Deliveries are refused with 503 because the signing secret has no value yet.',
      metric: count('SigningSecretNotSet'),
      threshold: 1,
      links: { Secret: secretLink(signingSecret.name), ...links.verifier },
    },
    {
      id: 'SignatureRejections',
      title: 'Signature rejections',
      sentence: 'More deliveries than normal have a bad signature: a wrong secret here, or a stranger.',
      metric: count('SignatureRejected', LONG),
      threshold: options.signatureRejections,
      links: { Secret: secretLink(signingSecret.name), ...links.verifier },
    },
    {
      id: 'PreviousSecretUsed',
      title: 'Previous secret used',
      sentence: 'Deliveries are signed with the replaced secret only, which soon counts no longer.',
      metric: count('PreviousSecretUsed'),
      threshold: 1,
      links: { Secret: secretLink(signingSecret.name), ...links.verifier },
    },
    {
      id: 'UnprocessableEvents',
      title: 'Unprocessable events',
      sentence: 'Authentic events came whose content cannot be used; they are kept and nothing follows.',
      metric: count('EventUnprocessable'),
      threshold: 1,
      links: links.verifier,
    },
    ...(silenceHours === undefined
      ? []
      : [
          {
            id: 'Silence',
            title: 'Silence',
            sentence: `No event was accepted for ${silenceHours} hours.`,
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
      sentence: `An event has been waiting for its follow-ups for ${options.oldestEventMinutes} minutes or more.`,
      metric: serviceMetric(webhooks, 'OldestUnfinishedEventAge', {
        period: SWEEPER_INTERVAL,
        statistic: Stats.MAXIMUM,
      }),
      threshold: options.oldestEventMinutes * 60,
      // A sweep that cannot read the table reports nothing, and the event still waits.
      keepsState: true,
      links: { Queue: queueLink(queues.queue), ...links.processor },
    },
    {
      id: 'ApiKeyNotSet',
      title: 'API key not set',
      sentence: 'Follow-ups wait because the Cyberdesk API key has no value yet.',
      metric: count('ApiKeyNotSet'),
      threshold: 1,
      links: { Secret: secretLink(apiKeySecret.name), ...links.processor },
    },
    {
      id: 'ApiKeyRejected',
      title: 'API key rejected',
      sentence: 'Cyberdesk refuses the API key, so follow-ups wait.',
      metric: count('ApiKeyRejected'),
      threshold: 1,
      links: { Secret: secretLink(apiKeySecret.name), ...links.processor },
    },
    {
      id: 'FailedFollowUps',
      title: 'Failed follow-ups',
      sentence: 'A follow-up failed for good; its event waits in the dead-letter queue for a person.',
      metric: count('FollowUpFailed'),
      threshold: 1,
      links: { 'Dead-letter queue': queueLink(queues.deadLetterQueue), ...links.processor },
    },
    {
      id: 'DeadLetters',
      title: 'Dead letters',
      sentence: 'Messages are in the dead-letter queue; they are lost after 14 days.',
      metric: queues.deadLetterQueue.metricApproximateNumberOfMessagesVisible({
        period: SHORT,
        statistic: Stats.MAXIMUM,
      }),
      threshold: 1,
      links: { 'Dead-letter queue': queueLink(queues.deadLetterQueue), ...links.processor },
    },
    {
      id: 'FunctionErrors',
      title: 'Function errors',
      sentence: 'A function ended in an error or ran out of time.',
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
      sentence: "Lambda turns invocations away: the account's concurrency is used up.",
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

/**
 * Sum over the functions; one that was not called counts as zero.
 *
 * Over a list, not with `+`: that has no result where one of its parts has none, and FILL fills no metric that was never
 * reported, such as those of a processor before the first event.
 */
function sum(label: string, metrics: IMetric[], period: Duration): MathExpression {
  const usingMetrics = Object.fromEntries(metrics.map((metric, index) => [`m${index}`, metric]));
  const filled = Object.keys(usingMetrics).map((id) => `FILL(${id}, 0)`);
  const expression = `SUM([${filled.join(', ')}])`;
  return new MathExpression({ label, expression, usingMetrics, period });
}

function linksOf({ verifier, processor, sweeper }: CyberdeskWebhooks) {
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
