import { join } from 'node:path';
import type { StageSettings } from '../../../lib/settings/stage-settings.ts';

/** With every key at any depth: does not compile until a new setting is added here. */
type Every<T> = T extends readonly unknown[] | string | number | boolean
  ? T
  : { [K in keyof T]-?: Every<NonNullable<T[K]>> };

/** Every setting of a stage, each with a value that is not its default. */
export const everySetting = {
  account: '123456789012',
  region: 'eu-central-1',
  protectData: false,
  workflowIds: {
    next: '11111111-1111-4111-8111-111111111111',
    intakeForm: '22222222-2222-4222-8222-222222222222',
  },
  sensitiveSecretArns: ['arn:aws:secretsmanager:eu-central-1:123456789012:secret:patient-portal-AbCdEf'],
  sensitiveSecretKeyArns: ['arn:aws:kms:eu-central-1:123456789012:key/33333333-3333-4333-8333-333333333333'],
  encryptionKey: 'create',
  previousEncryptionKeys: ['arn:aws:kms:eu-central-1:123456789012:key/44444444-4444-4444-8444-444444444444'],
  destinations: {
    persist: { handler: 'test/lib/support/own-handler.ts' },
    archive: { queue: 'arn:aws:sqs:eu-central-1:123456789012:archive.fifo' },
    team: { function: 'arn:aws:lambda:eu-central-1:123456789012:function:team:live' },
    bus: { eventBus: 'arn:aws:events:eu-central-1:123456789012:event-bus/team' },
  },
  sourceIpAllowList: ['44.228.126.217', '2600:1f24:64:8000::/56'],
  closeDefaultEndpoint: true,
  originHeader: 'optional',
  vpc: { subnetIds: ['subnet-0a1b2c3d', 'subnet-0123456789abcdef0'], securityGroupIds: ['sg-0a1b2c3d'] },
  maxFollowUpDepth: 3,
  repeatUnanswered: false,
  processorConcurrency: 10,
  provisionedConcurrency: 2,
  monitoring: 'basic',
  profile: 'economy',
  pointInTimeRecovery: false,
  tracing: 'active',
  throttle: { rate: 20, burst: 10 },
  domain: {
    domainName: 'webhooks.example.com',
    certificateArn: 'arn:aws:acm:eu-central-1:123456789012:certificate/0a1b2c3d',
    hostedZone: { hostedZoneId: 'Z0123456789ABCDEFGHIJ', zoneName: 'example.com' },
  },
  previousSecretGraceDays: 1,
  idempotencyKeySeconds: 3600,
  retention: { eventDays: 30, bodyDays: 21, completionDays: 120, logDays: 30 },
  alarms: {
    emails: ['on-call@example.com'],
    ticketEmails: ['team@example.com'],
    runbookUrl: 'https://example.com/runbook.md',
    oldestEventMinutes: 30,
    serverErrors: 1,
    throttledRequests: 1,
    functionErrors: 2,
    functionThrottles: 1,
    sourceRejections: 5,
    signatureRejections: 10,
    silenceHours: 24,
  },
  rules: join(import.meta.dirname, 'own-follow-ups.ts'),
} satisfies Every<Omit<StageSettings, 'name'>>;
