import { App, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { CyberdeskWebhooks } from 'cyberdesk-webhooks';
import { notify, publish } from 'cyberdesk-webhooks/rules';
import { downedMachines, planFor } from 'cyberdesk-webhooks/testing';
import { expect, it } from 'vitest';
import rules from './follow-ups.ts';
import { extend } from './infrastructure.ts';

/** The plan for machines with these names. */
const planAbout = (...names: (string | null)[]) =>
  planFor(rules, downedMachines({ machines: names.map((name) => ({ machine_id: 'm', name })) }));

it('one critical machine among others pages whoever is on call', () => {
  expect(planAbout('lab-2', 'pharmacy-1')).toEqual({
    'page-on-call': [notify('Critical Cyberdesk machines are down')],
  });
});

it('other machines, and those without a name, get a ticket', () => {
  expect(planAbout('lab-2', null)).toEqual({ 'page-on-call': [publish({ severity: 'ticket' })] });
});

it('the paging service is subscribed, and its URL is not in the template', () => {
  // Nothing is bundled: the template does not depend on it.
  const stack = new Stack(new App({ context: { 'aws:cdk:bundling-stacks': [] } }), 'Clinic');
  extend({ stack, receiver: new CyberdeskWebhooks(stack, 'Webhooks', { stage: 'prod' }) });

  Template.fromStack(stack).hasResourceProperties('AWS::SNS::Subscription', {
    Protocol: 'https',
    Endpoint: '{{resolve:secretsmanager:on-call/sns-url:SecretString:::}}',
  });
});
