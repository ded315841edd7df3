import { Duration, Stack } from 'aws-cdk-lib';
import { Stats } from 'aws-cdk-lib/aws-cloudwatch';
import { accessLogGroupOf } from '../ingress/access-log.ts';
import type { Installation } from '../installation.ts';
import type { Settings } from '../settings/defaults.ts';
import type { AlarmDefinition } from './alarm-definition.ts';
import { linksOf } from './alarm-links.ts';
import { logsLink, secretLink } from './console-links.ts';
import { LONG, SHORT, STANDING } from './periods.ts';
import { type ServiceMetricName, serviceMetric } from './service-metric.ts';

/** Alarms about what arrives at the endpoint. */
export function arrivalAlarms(
  installation: Installation,
  { alarms: options, sourceIpAllowList, originHeader }: Settings,
): AlarmDefinition[] {
  const { endpoint, signingSecret } = installation;
  const count = (name: ServiceMetricName, period = SHORT) => serviceMetric(installation, name, { period });
  const links = linksOf(installation);
  const silenceHours = options.silence?.toHours();
  return [
    {
      id: 'ThrottledRequests',
      severity: 'ticket',
      title: 'Throttled requests',
      sentence: 'The gateway throttles deliveries; Svix delivers them again later.',
      metric: count('RequestThrottled', LONG),
      threshold: options.throttledRequests,
      links: { 'Access log': logsLink(accessLogGroupOf(Stack.of(installation).stackName)) },
    },
    {
      id: 'ServerErrors',
      severity: 'page',
      title: 'Server errors',
      sentence:
        'The endpoint responds with 5xx; Svix retries for 27 hours and disables it after five days of failures.',
      metric: endpoint.stage.metricServerError({ period: LONG, statistic: Stats.SUM }),
      threshold: options.serverErrors,
      links: links.verifier,
    },
    ...(sourceIpAllowList.length === 0 && originHeader !== 'required'
      ? []
      : [
          {
            id: 'SourceRejections',
            severity: 'ticket' as const,
            title: 'Source rejections',
            sentence:
              'Deliveries come from addresses outside the allow-list, or around CloudFront: not from Svix, or a setting is out of date.',
            metric: count('SourceRejected', LONG),
            threshold: options.sourceRejections,
            links: links.verifier,
          },
        ]),
    {
      id: 'BodyTooLarge',
      severity: 'ticket',
      title: 'Body too large',
      sentence:
        'A delivery was larger than this service accepts; if it was an event, it has not been received.',
      metric: count('BodyTooLarge'),
      threshold: 1,
      links: links.verifier,
    },
    {
      id: 'SigningSecretNotSet',
      severity: 'page',
      title: 'Signing secret not set',
      sentence: 'Deliveries are rejected with 503 because the signing secret has no value yet.',
      metric: count('SigningSecretNotSet', STANDING),
      threshold: 1,
      links: { Secret: secretLink(signingSecret.name), ...links.verifier },
    },
    {
      id: 'SigningSecretMalformed',
      severity: 'page',
      title: 'Signing secret malformed',
      sentence: 'The signing secret has a value that is not a valid key, so it verifies no delivery.',
      metric: count('SigningSecretMalformed', STANDING),
      threshold: 1,
      links: { Secret: secretLink(signingSecret.name), ...links.verifier },
    },
    {
      id: 'SigningSecretOddLength',
      severity: 'ticket',
      // A truncated one refuses every delivery, which rings as well, and `doctor` says why.
      isFullOnly: true,
      title: 'Signing secret of odd length',
      sentence:
        'The signing secret is shorter or longer than the keys that Svix makes: truncated, or easy to guess.',
      metric: count('SigningSecretOddLength'),
      threshold: 1,
      links: { Secret: secretLink(signingSecret.name), ...links.verifier },
    },
    {
      id: 'SignatureRejections',
      severity: 'page',
      title: 'Signature rejections',
      sentence:
        'Unusually many deliveries have an invalid signature: the secret here is wrong, or they are not from Svix.',
      metric: count('SignatureRejected', LONG),
      threshold: options.signatureRejections,
      links: { Secret: secretLink(signingSecret.name), ...links.verifier },
    },
    {
      id: 'PreviousSecretUsed',
      severity: 'ticket',
      title: 'Previous secret used',
      sentence: 'Deliveries are signed with the replaced secret only, which will soon be rejected.',
      metric: count('PreviousSecretUsed'),
      threshold: 1,
      links: { Secret: secretLink(signingSecret.name), ...links.verifier },
    },
    {
      id: 'UnprocessableEvents',
      severity: 'ticket',
      title: 'Unprocessable events',
      sentence:
        'Authentic events have content that cannot be processed; they are stored, but start no follow-ups.',
      metric: count('EventUnprocessable'),
      threshold: 1,
      links: links.verifier,
    },
    {
      id: 'UnknownStatuses',
      severity: 'ticket',
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
            severity: 'page' as const,
            title: 'Silence',
            sentence: `No event has been accepted for ${silenceHours} hours.`,
            metric: count('EventAccepted', Duration.hours(1)),
            threshold: 1,
            periods: silenceHours,
            silence: true,
            links: links.verifier,
          },
        ]),
  ];
}
