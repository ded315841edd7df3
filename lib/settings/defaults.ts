import { isIP } from 'node:net';
import { followUpsPath } from '../paths.ts';
import type { AlarmOptions } from './alarm-options.ts';
import type {
  CyberdeskWebhooksOptions,
  DomainOptions,
  RetentionOptions,
  ThrottleOptions,
} from './options.ts';

/** Options with every default filled in. */
export interface Settings {
  readonly protectData: boolean;
  readonly workflowIds: Readonly<Record<string, string>>;
  readonly sensitiveSecretArns: readonly string[];
  readonly sensitiveSecretKeyArns: readonly string[];
  /** CIDR ranges. */
  readonly sourceIpAllowList: readonly string[];
  readonly maxFollowUpDepth: number;
  readonly processorConcurrency: number;
  readonly provisionedConcurrency: number | undefined;
  readonly throttle: Required<ThrottleOptions>;
  readonly domain: DomainOptions | undefined;
  readonly previousSecretGraceDays: number;
  readonly retention: Required<RetentionOptions>;
  readonly alarms: Required<Omit<AlarmOptions, 'silenceHours'>> & Pick<AlarmOptions, 'silenceHours'>;
  readonly rules: string;
}

/** Fills in what an installation leaves open. */
export const withDefaults = (options: CyberdeskWebhooksOptions): Settings => ({
  protectData: options.protectData ?? true,
  workflowIds: options.workflowIds ?? {},
  sensitiveSecretArns: options.sensitiveSecretArns ?? [],
  sensitiveSecretKeyArns: options.sensitiveSecretKeyArns ?? [],
  sourceIpAllowList: (options.sourceIpAllowList ?? []).map(asRange),
  maxFollowUpDepth: options.maxFollowUpDepth ?? 5,
  processorConcurrency: options.processorConcurrency ?? 2,
  provisionedConcurrency: options.provisionedConcurrency,
  throttle: { rate: 100, burst: 50, ...options.throttle },
  domain: options.domain,
  previousSecretGraceDays: options.previousSecretGraceDays ?? 7,
  retention: { eventDays: 90, completionDays: 180, logDays: 90, ...options.retention },
  alarms: {
    emails: [],
    runbookUrl: 'docs/runbook.md',
    oldestEventMinutes: 60,
    serverErrors: 3,
    throttledRequests: 10,
    functionErrors: 1,
    functionThrottles: 10,
    sourceRejections: 3,
    signatureRejections: 3,
    ...options.alarms,
  },
  rules: options.rules ?? followUpsPath,
});

const asRange = (address: string): string =>
  address.includes('/') ? address : `${address}/${isIP(address) === 6 ? 128 : 32}`;
