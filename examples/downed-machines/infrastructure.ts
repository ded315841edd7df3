import { SecretValue, type Stack } from 'aws-cdk-lib';
import { Subscription, SubscriptionProtocol } from 'aws-cdk-lib/aws-sns';
import type { CyberdeskWebhooks } from 'cyberdesk-webhooks';

/** Sends what rules notify of to the service that pages people. Its URL contains a key, so it comes from Secrets Manager. */
export function extend({ stack, receiver }: { stack: Stack; receiver: CyberdeskWebhooks }): void {
  new Subscription(stack, 'OnCall', {
    topic: receiver.topics.notify,
    protocol: SubscriptionProtocol.HTTPS,
    endpoint: SecretValue.secretsManager('on-call/sns-url').unsafeUnwrap(),
  });
}
