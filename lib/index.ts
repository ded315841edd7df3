export { addStages, stackName } from './add-stages.ts';
export { CyberdeskWebhooks } from './cyberdesk-webhooks.ts';
export type { Extend, Extension } from './extend.ts';
export type { Processor } from './functions/processor.ts';
export type { ServiceFunction } from './functions/service-function.ts';
export type { Sweeper } from './functions/sweeper.ts';
export type { Verifier } from './functions/verifier.ts';
export type { CustomDomain } from './ingress/custom-domain.ts';
export type { WebhookEndpoint } from './ingress/webhook-endpoint.ts';
export { WEBHOOK_PATH } from './ingress/webhook-path.ts';
export type { Installation } from './installation.ts';
export type { Severity } from './monitoring/alarm-definition.ts';
export type { Alarms } from './monitoring/alarms.ts';
export type { OperationsDashboard } from './monitoring/dashboard.ts';
export type { Monitoring } from './monitoring/monitoring.ts';
export type { ServiceMetricName } from './monitoring/service-metric.ts';
export type {
  AlarmOptions,
  CyberdeskWebhooksProps,
  DestinationOptions,
  DomainOptions,
  EventBusDestination,
  FunctionDestination,
  HandlerDestination,
  QueueDestination,
  RetentionOptions,
} from './props.ts';
export { SettingsError } from './settings/settings-error.ts';
export type { VpcOptions } from './settings/shared-options.ts';
export type {
  StageAlarms,
  StageDestination,
  StageDomain,
  StageEventBus,
  StageFunction,
  StageHandler,
  StageHostedZone,
  StageQueue,
  StageRetention,
  StageSettings,
  StageThrottle,
} from './settings/stage-settings.ts';
export { CyberdeskWebhooksStack, type CyberdeskWebhooksStackProps } from './stack.ts';
export type { EmptySecret } from './storage/empty-secret.ts';
export type { EventQueue } from './storage/event-queue.ts';
export type { EventsTable } from './storage/events-table.ts';
export type { OriginSecret } from './storage/origin-secret.ts';
export type { Topics } from './topics/topics.ts';
