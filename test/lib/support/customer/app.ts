import { App, Stack } from 'aws-cdk-lib';
import { Alarm } from 'aws-cdk-lib/aws-cloudwatch';
import { CyberdeskWebhooks, type CyberdeskWebhooksProps } from 'cyberdesk-webhooks';

const app = new App();
const stack = new Stack(app, 'Clinic');
const webhooks = new CyberdeskWebhooks(stack, 'Webhooks', {
  stage: 'live',
  alarms: { emails: ['on-call@example.com'] },
  rules: new URL('follow-ups.ts', import.meta.url).pathname,
});
new Alarm(stack, 'ManyFollowUps', {
  metric: webhooks.metricFollowUpStarted(),
  threshold: 100,
  evaluationPeriods: 1,
});

// @ts-expect-error: the package's types are found, and know their settings.
export const typo: CyberdeskWebhooksProps = { stage: 'live', maxFolowUpDepth: 3 };
