export { addStages, stackName } from './add-stages.ts';
export { CyberdeskWebhooks, type CyberdeskWebhooksProps } from './cyberdesk-webhooks.ts';
export { WEBHOOK_PATH } from './ingress/webhook-api.ts';
export type { ServiceMetricName } from './monitoring/service-metric.ts';
export type { AlarmOptions } from './settings/alarm-options.ts';
export type {
  CyberdeskWebhooksOptions,
  DomainOptions,
  HostedZoneOptions,
  RetentionOptions,
  ThrottleOptions,
} from './settings/options.ts';
export { SettingsError } from './settings/settings-error.ts';
export type { StageSettings } from './settings/stage-settings.ts';
export { CyberdeskWebhooksStack, type CyberdeskWebhooksStackProps } from './stack.ts';
