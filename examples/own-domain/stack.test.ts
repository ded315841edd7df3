import { App } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { startRun } from 'cyberdesk-webhooks/rules';
import { finishedRun, planFor } from 'cyberdesk-webhooks/testing';
import { expect, it } from 'vitest';
import { ClinicStack } from './clinic-stack.ts';
import rules from './follow-ups.ts';

// No function is bundled, which takes most of a synthesis: the template does not depend on it.
const app = new App({ context: { 'aws:cdk:bundling-stacks': [] } });
const template = Template.fromStack(
  new ClinicStack(app, 'CyberdeskWebhooks-prod', {
    env: { account: '123456789012', region: 'eu-central-1' },
  }),
);

it('the stack answers under its own domain, with a certificate that is renewed by itself', () => {
  template.hasResourceProperties('AWS::ApiGatewayV2::DomainName', { DomainName: 'cyberdesk.clinic.example' });
  template.hasResourceProperties('AWS::CertificateManager::Certificate', { ValidationMethod: 'DNS' });
  template.hasResourceProperties('AWS::Route53::RecordSet', {
    Name: 'cyberdesk.clinic.example.',
    Type: 'A',
    AliasTarget: Match.anyValue(),
  });
  expect(Object.keys(template.findOutputs('WebhookUrl'))).toEqual(['WebhookUrl']);
});

it('the table and the secrets outlive the stack', () => {
  template.allResources('AWS::SecretsManager::Secret', { DeletionPolicy: 'RetainExceptOnCreate' });
  template.hasResource('AWS::DynamoDB::Table', { DeletionPolicy: 'Retain' });
});

it('the rules of this app start its next workflow', () => {
  const workflowIds = { next: '11111111-1111-4111-8111-111111111111' };

  expect(planFor(rules, finishedRun({ id: 'run-1' }), { workflowIds })).toEqual({
    'start-next': [startRun({ workflow_id: workflowIds.next, input_values: { from: 'run-1' } })],
  });
});
