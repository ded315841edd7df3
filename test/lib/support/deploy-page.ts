import type { StageSettings } from '../../../lib/settings/stage-settings.ts';

/** The settings that `docs/deploy.md` and `docs/encryption.md` show. */
export const stages: Readonly<Record<string, StageSettings>> = {
  dev: {
    protectData: false,
    alarms: {
      emails: ['you@example.com'],
      runbookUrl: 'https://github.com/my-organisation/my-repository/blob/main/docs/runbook.md',
    },
  },
  prod: {
    account: '123456789012',
    region: 'eu-central-1',
    protectData: true,
    encryptionKey: 'create',
    domain: {
      domainName: 'webhooks.example.com',
      certificateArn: 'arn:aws:acm:eu-central-1:123456789012:certificate/0a1b2c3d',
      hostedZone: { hostedZoneId: 'Z0123456789ABCDEFGHIJ', zoneName: 'example.com' },
    },
  },
  'prod-later': {
    encryptionKey: 'arn:aws:kms:eu-central-1:123456789012:key/0a1b2c3d-1111-4222-8333-444455556666',
    previousEncryptionKeys: ['create'],
  },
};
