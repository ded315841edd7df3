/** CloudWatch namespace of all metrics. */
export const METRIC_NAMESPACE = 'CyberdeskWebhooks';
/** The one dimension; its value is the stack's name. A dimension per event would be charged per event. */
export const METRIC_DIMENSION = 'stack';

export const VERIFIER_METRICS = [
  'EventAccepted',
  'EventDuplicate',
  'EventIgnored',
  'EventUnprocessable',
  'UnknownStatus',
  'SignatureRejected',
  'TimestampRejected',
  'UnsignedRequest',
  'SourceRejected',
  'PreviousSecretUsed',
  'SigningSecretNotSet',
  'SigningSecretMalformed',
  'SigningSecretOddLength',
  'BodyTooLarge',
  'DependencyFailed',
] as const;

export const PROCESSOR_METRICS = [
  'EventProcessed',
  'EventOnTime',
  'EventDelayed',
  'TimeToFinish',
  'TimeToFollowUp',
  'MergedWithoutEnd',
  'FollowUpStarted',
  'FollowUpAdopted',
  'FollowUpFailed',
  'OutcomeUnknown',
  'ApiKeyRejected',
  'ApiKeyNotSet',
  'CyberdeskPaused',
  'MessageFailed',
] as const;

export const SWEEPER_METRICS = [
  'OldestUnfinishedEventAge',
  'EventOverdue',
  'CyberdeskPauseAge',
  'EventResent',
] as const;

export type VerifierMetric = (typeof VERIFIER_METRICS)[number];
export type ProcessorMetric = (typeof PROCESSOR_METRICS)[number];
export type SweeperMetric = (typeof SWEEPER_METRICS)[number];
