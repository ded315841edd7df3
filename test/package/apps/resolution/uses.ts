import { App, Stack } from 'aws-cdk-lib/core';
import { CyberdeskWebhooks, type CyberdeskWebhooksProps } from 'cyberdesk-webhooks';
import { createCyberdeskClient } from 'cyberdesk-webhooks/cyberdesk';
import { readEvent } from 'cyberdesk-webhooks/delivery';
import { followUps, notify } from 'cyberdesk-webhooks/rules';
import { finishedRun, planFor } from 'cyberdesk-webhooks/testing';

const rules = followUps({ name: 'tell', actions: () => notify('Done') });
const app = new App({ context: { 'aws:cdk:bundling-stacks': [] } });
new CyberdeskWebhooks(new Stack(app, 'Clinic'), 'Webhooks', { stage: 'live' });
console.log(
  Object.keys(planFor(rules, finishedRun(), { stage: 'live' })),
  typeof createCyberdeskClient,
  typeof readEvent,
);

// @ts-expect-error: the types of the package are found and do not contain this prop.
export const typo: CyberdeskWebhooksProps = { stage: 'live', maxFolowUpDepth: 3 };
