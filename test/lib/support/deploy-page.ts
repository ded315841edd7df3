import type { StageSettings } from '../../../lib/settings/stage-settings.ts';

/** The settings that `docs/deploy.md` shows. */
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
    domain: {
      domainName: 'webhooks.example.com',
      certificateArn: 'arn:aws:acm:eu-central-1:123456789012:certificate/0a1b2c3d',
      hostedZone: { hostedZoneId: 'Z0123456789ABCDEFGHIJ', zoneName: 'example.com' },
    },
  },
};
