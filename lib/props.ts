import type { Duration } from 'aws-cdk-lib';
import type { ThrottleSettings } from 'aws-cdk-lib/aws-apigatewayv2';
import type { ICertificate } from 'aws-cdk-lib/aws-certificatemanager';
import type { IAlarmAction } from 'aws-cdk-lib/aws-cloudwatch';
import type { IEventBus } from 'aws-cdk-lib/aws-events';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import type { RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { IHostedZone } from 'aws-cdk-lib/aws-route53';
import type { ISecret } from 'aws-cdk-lib/aws-secretsmanager';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import type { SharedAlarmOptions, SharedOptions } from './settings/shared-options.ts';

/** Props of `CyberdeskWebhooks`. Only `stage` is required; the defaults work in a new account. */
export interface CyberdeskWebhooksProps extends SharedOptions {
  /** Name of the stage, such as `prod`; rules can read it. */
  readonly stage: string;
  /**
   * Secrets that a rule may use for sensitive inputs, in the stack's own region. The processor may read these secrets
   * and no others. Import an existing secret by its complete ARN (`Secret.fromSecretCompleteArn`).
   *
   * @default - none
   */
  readonly sensitiveSecrets?: readonly ISecret[];
  /**
   * KMS keys that encrypt those secrets, where a secret does not know its own `encryptionKey`. The processor may
   * decrypt with them through Secrets Manager only; a key in another account must also allow it in its key policy.
   *
   * @default - the `encryptionKey` of each secret, if it has one
   */
  readonly sensitiveSecretKeys?: readonly IKey[];
  /**
   * KMS key for everything that is stored or waits: table, queues, secrets, topics, log groups, and environments of the
   * functions. `'create'` creates one in the stack. The policy of a key that was imported must allow what synthesis prints.
   * Changing it replaces nothing; name the key before it in `previousEncryptionKeys`.
   *
   * @default - none: each service uses a key of AWS, and the topics one of the stack's own
   */
  readonly encryptionKey?: IKey | 'create';
  /**
   * Keys that encrypted this installation before, with which the functions may still decrypt; `'create'` is the one of the
   * stack's own. `doctor` says when one may go.
   *
   * @default - none
   */
  readonly previousEncryptionKeys?: readonly (IKey | 'create')[];
  /**
   * Your own code, to which rules hand whole events by `deliver('<name>')`: a name of your choice → what it is. The
   * processor may hand events to these and to no others.
   *
   * @default - none
   */
  readonly destinations?: Readonly<Record<string, DestinationOptions>>;
  /**
   * Request rate that the gateway accepts: at most 10000 requests per second, in bursts of at most 5000. Svix
   * delivers throttled events again later.
   *
   * @default - 100 requests per second, in bursts of 50
   */
  readonly throttle?: ThrottleSettings;
  /**
   * Custom domain of the endpoint. The gateway's own URL keeps working, unless `closeDefaultEndpoint` is set.
   *
   * @default - none
   */
  readonly domain?: DomainOptions;
  /**
   * How long a replaced signing secret stays valid, 0 to 7 whole days. Svix signs with both secrets for at most 7 days.
   *
   * @default Duration.days(7)
   */
  readonly previousSecretGracePeriod?: Duration;
  /**
   * Minimum time for which Cyberdesk remembers an idempotency key, 70 seconds to 24 hours, in whole seconds. After a
   * lost response, the same call is safe to repeat for that long. Raise it only to what
   * `npx --no cyberdesk-webhooks verify-api` has shown.
   *
   * @default Duration.seconds(70)
   */
  readonly idempotencyKeyLifetime?: Duration;
  /**
   * How long events, completions and logs are kept.
   *
   * @default - events and logs 90 days, completions 120; less with the profile `economy`
   */
  readonly retention?: RetentionOptions;
  /**
   * Alarm recipients and thresholds.
   *
   * @default - no recipients, and a warning at synthesis
   */
  readonly alarms?: AlarmOptions;
}

/** Your own code: one of these four, recognised by its only key. */
export type DestinationOptions =
  | HandlerDestination
  | QueueDestination
  | FunctionDestination
  | EventBusDestination;

/** A function of your own, which the construct bundles and deploys. */
export interface HandlerDestination {
  /**
   * File that exports `handler`: an absolute path, or relative to the folder in which the app runs. It gets 8 seconds per
   * event. Its function is `destinations.<name>` of the construct.
   */
  readonly handler: string;
}

/** A queue of your own, standard or FIFO. */
export interface QueueDestination {
  /** The queue, in the stack's own region. */
  readonly queue: IQueue;
}

/** A function of your own. It is invoked synchronously and gets 10 seconds per event. */
export interface FunctionDestination {
  /** The function, a version or an alias, in the stack's own region. */
  readonly function: IFunction;
}

/** An EventBridge bus of your own. */
export interface EventBusDestination {
  /** The bus, in the stack's own region. */
  readonly eventBus: IEventBus;
}

/** Custom domain of the endpoint. */
export interface DomainOptions {
  /** Fully qualified host name, such as `webhooks.example.com`. */
  readonly domainName: string;
  /** Certificate for the host name, in the stack's own region. */
  readonly certificate: ICertificate;
  /**
   * Route 53 hosted zone in which to create the records. The domain name is equal to the zone's name or ends with it.
   *
   * @default - none: create a record that points to the `DomainTarget` output yourself
   */
  readonly hostedZone?: IHostedZone;
}

/** How long data is kept. */
export interface RetentionOptions {
  /**
   * How long events and their bodies are kept, 14 to 3650 whole days. A dead letter lives for 14 days and needs its
   * event.
   *
   * @default Duration.days(90)
   */
  readonly events?: Duration;
  /**
   * How long the bodies of events are kept, and those of the calls of a plan above 64 KB, 21 to 3650 whole days and at
   * most as long as events. After that an event is still listed with its facts, results and history, but cannot be shown,
   * replayed or delivered in full. Each body of an event then has an item of its own, which takes the verifier two more
   * calls.
   *
   * @default - as long as events, and 30 days with the profile `economy`
   */
  readonly bodies?: Duration;
  /**
   * How long completions are kept, 90 to 3650 whole days and at least as long as events. They record what was done for
   * each finished run, so that an event that Svix sends again, within 90 days, starts nothing twice.
   *
   * @default Duration.days(120)
   */
  readonly completions?: Duration;
  /**
   * How long logs are kept. `RetentionDays.INFINITE` is not supported.
   *
   * @default - RetentionDays.THREE_MONTHS, and ONE_MONTH with the profile `economy`
   */
  readonly logs?: RetentionDays;
}

/** Alarm recipients and thresholds. */
export interface AlarmOptions extends SharedAlarmOptions {
  /**
   * Actions that alarms run which cannot wait until morning (pages), besides publishing to the topic of `emails`.
   *
   * @default - none
   */
  readonly actions?: readonly IAlarmAction[];
  /**
   * Actions that all other alarms run (tickets), besides publishing to the topic of `ticketEmails`.
   *
   * @default - those in `actions`
   */
  readonly ticketActions?: readonly IAlarmAction[];
  /**
   * Age of the oldest unfinished event, 15 minutes to 7 days, in whole minutes.
   *
   * @default Duration.hours(1)
   */
  readonly oldestEventAge?: Duration;
  /**
   * Time without an accepted event, 1 hour to 7 days, in whole hours.
   *
   * @default - off: silence raises no alarm
   */
  readonly silence?: Duration;
}
