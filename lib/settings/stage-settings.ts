import type { SharedAlarmOptions, SharedOptions } from './shared-options.ts';

/** Settings of one stage in `stages.ts`: plain data. Every setting is optional. */
export interface StageSettings extends SharedOptions {
  /**
   * Distinguishes two installations in one account and region; part of the stack's name.
   *
   * @default - none: the stack is `CyberdeskWebhooks-<stage>`
   */
  readonly name?: string;
  /**
   * AWS account to deploy to, 12 digits. Set both `account` and `region`, or neither.
   *
   * @default - the account of the credentials used to deploy
   */
  readonly account?: string;
  /**
   * AWS region to deploy to. Set both `account` and `region`, or neither.
   *
   * @default - the region of the credentials used to deploy
   */
  readonly region?: string;
  /**
   * Complete ARNs of the secrets that a rule may use for sensitive inputs, in the stack's own region. The processor
   * may read these secrets and no others. If you encrypt them with your own KMS keys, set `sensitiveSecretKeyArns` too.
   *
   * @default - none
   */
  readonly sensitiveSecretArns?: readonly string[];
  /**
   * ARNs of your own KMS keys that encrypt those secrets. The processor may decrypt with them through Secrets Manager
   * only; a key in another account must also allow it in its key policy.
   *
   * @default - none: the secrets use the AWS managed key `aws/secretsmanager`
   */
  readonly sensitiveSecretKeyArns?: readonly string[];
  /**
   * KMS key for everything that is stored or waits: table, queues, secrets, topics, log groups, and environments of the
   * functions. `'create'` creates one in the stack; otherwise the ARN of a key in the stack's own region, whose policy must
   * allow what synthesis prints. Changing it replaces nothing; name the key before it in `previousEncryptionKeys`.
   *
   * @default - none: each service uses a key of AWS, and the topics one of the stack's own
   */
  readonly encryptionKey?: string;
  /**
   * ARNs of the keys that encrypted this stage before, with which the functions may still decrypt; `'create'` is the one of
   * the stack's own. `doctor` says when one may go.
   *
   * @default - none
   */
  readonly previousEncryptionKeys?: readonly string[];
  /**
   * Your own code, to which rules hand whole events by `deliver('<name>')`: a name of your choice → what it is. The
   * processor may hand events to these and to no others.
   *
   * @default - none
   */
  readonly destinations?: Readonly<Record<string, StageDestination>>;
  /**
   * Request rate that the gateway accepts; Svix delivers throttled events again later.
   *
   * @default - 100 requests per second, in bursts of 50
   */
  readonly throttle?: StageThrottle;
  /**
   * Custom domain of the endpoint. The gateway's own URL keeps working, unless `closeDefaultEndpoint` is set.
   *
   * @default - none
   */
  readonly domain?: StageDomain;
  /**
   * Days that a replaced signing secret stays valid, 0 to 7. Svix signs with both secrets for at most 7 days.
   *
   * @default 7
   */
  readonly previousSecretGraceDays?: number;
  /**
   * Minimum number of seconds for which Cyberdesk remembers an idempotency key, 70 to 86400. After a lost response, the
   * same call is safe to repeat for that long. Raise it only to what `npx --no cyberdesk-webhooks verify-api` has shown.
   *
   * @default 70
   */
  readonly idempotencyKeySeconds?: number;
  /**
   * How long events, completions and logs are kept.
   *
   * @default - events and logs 90 days, completions 120; less with the profile `economy`
   */
  readonly retention?: StageRetention;
  /**
   * Alarm recipients and thresholds.
   *
   * @default - no recipients, and a warning at synthesis
   */
  readonly alarms?: StageAlarms;
}

/** Your own code: one of these four, recognised by its only key. */
export type StageDestination = StageHandler | StageQueue | StageFunction | StageEventBus;

/** A function of your own, which this stack bundles, deploys and runs. */
export interface StageHandler {
  /**
   * File that exports `handler`, relative to the folder of `cdk.json`, such as `handlers/persist-run.ts`. It gets 8 seconds
   * per event. Its function is `destinations.<name>` of the construct.
   */
  readonly handler: string;
}

/** A queue of your own, standard or FIFO. */
export interface StageQueue {
  /** ARN of the queue, in the stack's own region. A queue in another account must allow the processor's role to send. */
  readonly queue: string;
}

/** A function of your own that is deployed elsewhere. It is invoked synchronously and gets 10 seconds per event. */
export interface StageFunction {
  /**
   * ARN of the function, or of a version or alias of it, in the stack's own region. A function in another account must
   * allow the processor's role to invoke it.
   */
  readonly function: string;
}

/** An EventBridge bus of your own. */
export interface StageEventBus {
  /** ARN of the bus, in the stack's own region. A bus in another account must allow this account to put events. */
  readonly eventBus: string;
}

/** Request rate that the gateway accepts. */
export interface StageThrottle {
  /**
   * Requests per second, 1 to 10000.
   *
   * @default 100
   */
  readonly rate?: number;
  /**
   * Requests at a time, 1 to 5000. A new account can run 10 functions at a time in total; Lambda throttles further
   * requests, the gateway answers them with 5xx, and Svix delivers them again. `{ rate: 10, burst: 5 }` stays closer
   * to that limit.
   *
   * @default 50
   */
  readonly burst?: number;
}

/** Custom domain of the endpoint. */
export interface StageDomain {
  /** Fully qualified host name, such as `webhooks.example.com`. */
  readonly domainName: string;
  /** ARN of its certificate in AWS Certificate Manager, in the stack's own region. */
  readonly certificateArn: string;
  /**
   * Route 53 hosted zone in which to create the records.
   *
   * @default - none: create a record that points to the `DomainTarget` output yourself
   */
  readonly hostedZone?: StageHostedZone;
}

/** A Route 53 hosted zone. */
export interface StageHostedZone {
  /** Id of the zone as Route 53 shows it, such as `Z0123456789ABCDEFGHIJ`. */
  readonly hostedZoneId: string;
  /** Name of the zone, such as `example.com`. The domain name is equal to it or ends with it. */
  readonly zoneName: string;
}

/** How long data is kept. */
export interface StageRetention {
  /**
   * Days that events and their bodies are kept, 14 to 3650. A dead letter lives for 14 days and needs its event.
   *
   * @default 90
   */
  readonly eventDays?: number;
  /**
   * Days that the bodies of events are kept, and those of the calls of a plan above 64 KB, 21 to 3650 and at most
   * `eventDays`. After that an event is still listed with its facts, results and history, but cannot be shown, replayed or
   * delivered in full. Each body of an event then has an item of its own, which takes the verifier two more calls.
   *
   * @default - as long as events, and 30 days with the profile `economy`
   */
  readonly bodyDays?: number;
  /**
   * Days that completions are kept, 90 to 3650 and at least `eventDays`. They record what was done for each finished
   * run, so that an event that Svix sends again, within 90 days, starts nothing twice.
   *
   * @default 120
   */
  readonly completionDays?: number;
  /**
   * Days that logs are kept; one of the retention periods that CloudWatch Logs supports.
   *
   * @default - 90, and 30 with the profile `economy`
   */
  readonly logDays?: number;
}

/** Alarm recipients and thresholds. */
export interface StageAlarms extends SharedAlarmOptions {
  /**
   * Age of the oldest unfinished event in minutes, 15 to 10080.
   *
   * @default 60
   */
  readonly oldestEventMinutes?: number;
  /**
   * Hours without an accepted event, 1 to 168.
   *
   * @default - off: silence raises no alarm
   */
  readonly silenceHours?: number;
}

/** The keys by which the kinds of destinations are recognised. */
export type DestinationKeys = StageHandler & StageQueue & StageFunction & StageEventBus;
