import { App } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { ClinicStack } from '../lib/clinic-stack';

test('the clinic receives webhooks', () => {
  const app = new App({ context: { 'aws:cdk:bundling-stacks': [] } });

  const template = Template.fromStack(new ClinicStack(app, 'Clinic'));

  template.resourceCountIs('AWS::Lambda::Function', 3);
  template.hasOutput('WebhookUrl', {});
});
