import * as cdk from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import { CyberdeskWebhooks } from 'cyberdesk-webhooks';

export class ClinicStack extends cdk.Stack {
  constructor(scope: Construct, id: string, props?: cdk.StackProps) {
    super(scope, id, props);

    const webhooks = new CyberdeskWebhooks(this, 'Webhooks', {
      stage: 'live',
      alarms: { emails: ['on-call@example.com'] },
      rules: require.resolve('./follow-ups'),
    });
    webhooks.addOutputs();
  }
}
