import type { Stack } from 'aws-cdk-lib';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import type { CyberdeskWebhooks } from 'cyberdesk-webhooks';

/** Lets the handler read the URL of the Slack webhook, and nothing else. */
export function extend({ stack, receiver }: { stack: Stack; receiver: CyberdeskWebhooks }): void {
  const { slack } = receiver.destinations;
  if (!slack) return;
  const url = Secret.fromSecretNameV2(stack, 'SlackUrl', 'clinic/slack-url');
  url.grantRead(slack);
  slack.addEnvironment('SLACK_URL_SECRET', url.secretName);
}
