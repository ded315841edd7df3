import type { AlarmOptions } from './alarm-options.ts';

/** What an installation may decide; every option has a default that works in a fresh account. */
export interface CyberdeskWebhooksOptions {
  /**
   * Keeps the events table and the secrets when the stack is deleted, and refuses to delete the table.
   *
   * @default true
   */
  readonly protectData?: boolean;
  /**
   * Ids of the workflows that rules start, by a name of yours: `{ next: '<uuid>' }` is `workflowIds.next` in a rule.
   *
   * @default - none
   */
  readonly workflowIds?: Readonly<Record<string, string>>;
  /**
   * Secrets that a rule may name for sensitive inputs: complete ARNs, in the stack's own region. The list is
   * also the grant. Secrets under keys of your own need `sensitiveSecretKeyArns`, too.
   *
   * @default - none
   */
  readonly sensitiveSecretArns?: readonly string[];
  /**
   * ARNs of the KMS keys of your own that encrypt those secrets. The processor may decrypt with them, through Secrets Manager
   * only; a key of another account must allow it in its key policy as well.
   *
   * @default - none: the secrets are under the key that AWS manages, `aws/secretsmanager`
   */
  readonly sensitiveSecretKeyArns?: readonly string[];
  /**
   * Addresses or CIDR ranges that may deliver; checked before anything else. Svix publishes its own at
   * https://docs.svix.com/webhook-ips.json, but not every plan has fixed ones.
   *
   * @default - any address; the signature alone decides
   */
  readonly sourceIpAllowList?: readonly string[];
  /**
   * How many follow-ups may follow one another before the loop guard stops them, 1 to 100.
   *
   * @default 5
   */
  readonly maxFollowUpDepth?: number;
  /**
   * How many processors work at once, 2 to 1000. More of them ask more of Cyberdesk's API.
   *
   * @default 2
   */
  readonly processorConcurrency?: number;
  /**
   * Verifiers kept warm, at a price by the hour. They count against the account's concurrency: a new account, which runs 10
   * functions at once, needs a raised quota first, or the deployment fails.
   *
   * @default - none
   */
  readonly provisionedConcurrency?: number;
  /**
   * What the gateway lets through; Svix delivers the rest again later.
   *
   * @default - 100 requests a second, in bursts of 50
   */
  readonly throttle?: ThrottleOptions;
  /**
   * A domain of your own. It is added: the URL that the gateway gave stays on.
   *
   * @default - none
   */
  readonly domain?: DomainOptions;
  /**
   * How long a replaced signing secret still counts, 0 to 7 days. Svix signs with both for at most 7.
   *
   * @default 7
   */
  readonly previousSecretGraceDays?: number;
  /**
   * How long events and logs are kept.
   *
   * @default - events and logs 90 days, what was done about them 180
   */
  readonly retention?: RetentionOptions;
  /**
   * Who hears of trouble, and from when on.
   *
   * @default - alarms without a reader, and a warning that says so
   */
  readonly alarms?: AlarmOptions;
  /**
   * Absolute path of a follow-ups file of your own; its default export is what `followUps(…)` returns.
   *
   * @default - `follow-ups.ts` of this package
   */
  readonly rules?: string;
}

export interface ThrottleOptions {
  /**
   * Requests a second, 1 to 10000.
   *
   * @default 100
   */
  readonly rate?: number;
  /**
   * Requests at once, 1 to 5000. A fresh account runs 10 functions at once, shared by all; beyond that Lambda turns requests
   * away, which the gateway answers with 5xx and Svix delivers again. `{ rate: 10, burst: 5 }` stays nearer to it.
   *
   * @default 50
   */
  readonly burst?: number;
}

export interface DomainOptions {
  /** Full name of the host: `webhooks.example.com`. */
  readonly domainName: string;
  /** Certificate for it in AWS Certificate Manager, in the stack's own region. */
  readonly certificateArn: string;
  /**
   * Zone in Route 53 in which to write the records.
   *
   * @default - none: you point the name at the `DomainTarget` output yourself
   */
  readonly hostedZone?: HostedZoneOptions;
}

export interface HostedZoneOptions {
  /** As Route 53 shows it: `Z0123456789ABCDEFGHIJ`. */
  readonly hostedZoneId: string;
  /** Name of the zone: `example.com`. The domain's name equals it or ends with it. */
  readonly zoneName: string;
}

export interface RetentionOptions {
  /**
   * Days that events and their bodies are kept, 14 to 3650: a dead letter lives 14 days, and its event must outlive it.
   *
   * @default 90
   */
  readonly eventDays?: number;
  /**
   * Days that it is remembered what was done, 90 to 3650, and no fewer than `eventDays`: Svix can send an event
   * again for 90 days.
   *
   * @default 180
   */
  readonly completionDays?: number;
  /**
   * Days that logs are kept; one of the numbers that CloudWatch Logs takes.
   *
   * @default 90
   */
  readonly logDays?: number;
}
