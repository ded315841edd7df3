import { join } from 'node:path';
import { App, Duration, Stack } from 'aws-cdk-lib';
import { Alarm } from 'aws-cdk-lib/aws-cloudwatch';
import { CyberdeskWebhooks, type CyberdeskWebhooksProps, type Processor } from 'cyberdesk-webhooks';

const app = new App();
const stack = new Stack(app, 'Clinic');
const webhooks = new CyberdeskWebhooks(stack, 'Webhooks', {
  stage: 'live',
  alarms: { emails: ['on-call@example.com'], oldestEventAge: Duration.minutes(30) },
  previousSecretGracePeriod: Duration.days(3),
  rules: join(import.meta.dirname, 'follow-ups.ts'),
});
/** The types of the parts are exported. */
export const processor: Processor = webhooks.processor;
new Alarm(stack, 'ManyFollowUps', {
  metric: webhooks.metricFollowUpStarted(),
  threshold: 100,
  evaluationPeriods: 1,
});

// @ts-expect-error: the types of the package are found and do not contain this prop.
export const typo: CyberdeskWebhooksProps = { stage: 'live', maxFolowUpDepth: 3 };
