import { App } from 'aws-cdk-lib';
import { ClinicStack } from './clinic-stack.ts';

// The name is the one by which `npx --no cyberdesk-webhooks --stage prod` finds the stack.
new ClinicStack(new App(), 'CyberdeskWebhooks-prod', {
  env: { account: '123456789012', region: 'eu-central-1' },
});
