import type { StageSettings } from '../../lib/settings/stage-settings.ts';

const [account, region] = ['123456789012', 'eu-central-1'];
const workflowIds = {
  readInvoice: '11111111-1111-4111-8111-111111111111',
  bookInvoice: '22222222-2222-4222-8222-222222222222',
};
const sensitiveSecretArns = [`arn:aws:secretsmanager:${region}:${account}:secret:claims-portal-AbCdEf`];
const destinations = { claims: { handler: 'handlers/keep-claim.ts' } };

/** Stages that a customer may have: other names, and most settings in use. */
export const stages: Record<string, StageSettings> = {
  trial: { workflowIds, sensitiveSecretArns, destinations, account, region, protectData: false },
  live: {
    name: 'claims',
    account,
    region,
    workflowIds: { ...workflowIds, archive: '33333333-3333-4333-8333-333333333333' },
    sensitiveSecretArns,
    destinations,
    processorConcurrency: 4,
    domain: {
      domainName: 'webhooks.example.com',
      certificateArn: `arn:aws:acm:${region}:${account}:certificate/0a1b2c3d`,
    },
    retention: { eventDays: 30, logDays: 30 },
    alarms: {
      emails: ['on-call@example.com', 'claims@example.com'],
      runbookUrl: 'https://example.com/runbook.md',
      silenceHours: 12,
    },
  },
};
