/** Options that a stage and the construct have under the same name and in the same form. */
export interface SharedOptions {
  /**
   * Retains the events table and the secrets when the stack is deleted, and protects the table from deletion.
   *
   * @default true
   */
  readonly protectData?: boolean;
  /**
   * Workflows that your rules start: a camelCase name of your choice → the workflow's UUID. `{ next: '<uuid>' }` is
   * `workflowIds.next` in a rule.
   *
   * @default - none
   */
  readonly workflowIds?: Readonly<Record<string, string>>;
  /**
   * IP addresses or CIDR ranges that may deliver webhooks, checked before anything else. Svix publishes its addresses
   * at https://docs.svix.com/webhook-ips.json, but not every plan has fixed ones.
   *
   * @default - any address; the signature alone decides
   */
  readonly sourceIpAllowList?: readonly string[];
  /**
   * Closes the gateway's own URL, so that the endpoint answers under `domain` only, which it needs. Change the URL at
   * Cyberdesk first: deliveries to the old one are then refused with 404.
   *
   * @default false
   */
  readonly closeDefaultEndpoint?: boolean;
  /**
   * Recognises CloudFront in front of `domain` by a header, `x-origin-verify`, whose value is in a secret that the stack
   * generates (docs/edge.md). `optional`: with the header, the address of the client is the one that CloudFront reports.
   * `required`: requests without it are also refused with 403, so that no one can go around CloudFront and its WAF;
   * this needs `closeDefaultEndpoint`.
   *
   * @default - no header; the address of the client is the one that the gateway sees
   */
  readonly originHeader?: 'optional' | 'required';
  /**
   * Places all functions in your own subnets, handlers of destinations included. They need a way to the services that
   * they call, and the processor one to `api.cyberdesk.io` (docs/edge.md).
   *
   * @default - outside any VPC of yours
   */
  readonly vpc?: VpcOptions;
  /**
   * How many follow-ups in a row may start one another before the loop guard stops them, 1 to 100.
   *
   * @default 5
   */
  readonly maxFollowUpDepth?: number;
  /**
   * Repeats a call whose response was lost, under the same idempotency key: at once, and for as long as the key is
   * known. Set `false` for an API that does not honour the key, as `npx --no cyberdesk-webhooks verify-api` reports: such a
   * call is then repeated only after the list of runs is complete (two minutes) and shows no such run.
   *
   * @default true
   */
  readonly repeatUnanswered?: boolean;
  /**
   * Maximum number of processor invocations at a time, 2 to 1000. Each sends requests to Cyberdesk's API.
   *
   * @default 2
   */
  readonly processorConcurrency?: number;
  /**
   * Number of verifier instances kept warm, 1 to 1000, billed by the hour. They count against the account's
   * concurrency: a new account can run 10 functions at a time and needs a higher quota first, or the deployment fails.
   *
   * @default - none
   */
  readonly provisionedConcurrency?: number;
  /**
   * `full`: every alarm, composite alarms that mute effects of a known cause, and a dashboard, about $12 a month.
   * `basic`: the alarms that read a single metric, each for itself, about $4 a month with everything else that an idle stage
   * costs.
   *
   * @default - `full` if `protectData` is set, otherwise `basic`
   */
  readonly monitoring?: 'full' | 'basic';
  /**
   * `economy`: about $12.10 per million events of 4 KB with one follow-up each and $9.30 without, instead of $14.60 and $12.20. For that,
   * bodies and logs are kept for 30 days; the table has no point-in-time recovery; a message waits up to two seconds for others, with which it shares an invocation; and a cold verifier takes longer, with half the memory. What
   * you set yourself counts more than the profile.
   *
   * @default standard
   */
  readonly profile?: 'standard' | 'economy';
  /**
   * Lets the table be restored to any second of the last 35 days, about $1 per million events.
   *
   * @default - true, and false with the profile `economy`
   */
  readonly pointInTimeRecovery?: boolean;
  /**
   * `active`: Lambda sends traces of the verifier, the processor and your handlers to AWS X-Ray, about $1.50 per million
   * events at ten events per second. Lambda's sampling rate cannot be chosen: the first request of each second, and five
   * in a hundred of the rest. `off`: no traces, and no permission to write them.
   *
   * @default off
   */
  readonly tracing?: 'off' | 'active';
  /**
   * Absolute path of your own follow-ups file, whose default export is the result of `followUps(…)`.
   *
   * @default - `follow-ups.ts` of this package
   */
  readonly rules?: string;
}

/** Subnets of your own for the functions. */
export interface VpcOptions {
  /** Ids of 1 to 16 subnets of one VPC, in several availability zones. */
  readonly subnetIds: readonly string[];
  /** Ids of 1 to 5 security groups of the same VPC, which must let HTTPS out. */
  readonly securityGroupIds: readonly string[];
}

/** Alarm options that a stage and the construct have under the same name and in the same form. */
export interface SharedAlarmOptions {
  /**
   * E-mail addresses that receive alarms that cannot wait until morning (pages). AWS sends each one a message that must be
   * confirmed first.
   *
   * @default - none
   */
  readonly emails?: readonly string[];
  /**
   * E-mail addresses that receive all other alarms (tickets). AWS sends each one a message that must be confirmed first.
   *
   * @default - those in `emails`
   */
  readonly ticketEmails?: readonly string[];
  /**
   * URL of your copy of `docs/runbook.md`; alarms link to its sections. An http(s) URL without "#", at most 200
   * characters.
   *
   * @default - alarms name the file and the section, `docs/runbook.md#…`
   */
  readonly runbookUrl?: string;
  /**
   * Number of 5xx responses from the gateway in 15 minutes. Svix delivers each event again.
   *
   * @default 3
   */
  readonly serverErrors?: number;
  /**
   * Number of requests throttled by the gateway in 15 minutes. Svix delivers each event again.
   *
   * @default 10
   */
  readonly throttledRequests?: number;
  /**
   * Number of invocations in 20 minutes that ended in an error; with basic monitoring, of the processor only.
   *
   * @default 1
   */
  readonly functionErrors?: number;
  /**
   * Number of invocations throttled by Lambda in 15 minutes.
   *
   * @default 10
   */
  readonly functionThrottles?: number;
  /**
   * Number of deliveries in 15 minutes from addresses outside `sourceIpAllowList`, or without a required `originHeader`.
   * Without both settings this alarm does not exist.
   *
   * @default 3
   */
  readonly sourceRejections?: number;
  /**
   * Number of deliveries in 15 minutes with an invalid signature.
   *
   * @default 3
   */
  readonly signatureRejections?: number;
}
