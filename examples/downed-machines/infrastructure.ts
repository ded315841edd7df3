import { SecretValue, type Stack, Validations } from 'aws-cdk-lib';
import { Subscription, SubscriptionProtocol } from 'aws-cdk-lib/aws-sns';
import type { CyberdeskWebhooks } from 'cyberdesk-webhooks';

/** Sends what rules notify of to the service that pages people. Its URL contains a key, so it comes from Secrets Manager. */
export function extend({ stack, receiver }: { stack: Stack; receiver: CyberdeskWebhooks }): void {
  const onCall = new Subscription(stack, 'OnCall', {
    topic: receiver.topics.notify,
    protocol: SubscriptionProtocol.HTTPS,
    endpoint: SecretValue.secretsManager('on-call/sns-url').unsafeUnwrap(),
  });
  Validations.of(onCall).acknowledge({
    id: 'Serverless-SNSRedrivePolicy',
    reason:
      'SNS tries again for hours; a call that comes later than that helps no one, and the event is in the table.',
  });
}
