/** What an installation may decide; every option has a default that works in a fresh account. */
export interface CyberdeskWebhooksOptions {
  /**
   * Keeps the events table and the secrets when the stack is deleted, and refuses to delete the table.
   *
   * @default true
   */
  readonly protectData?: boolean;
  /**
   * Ids of the workflows that rules start, by a name of yours: `{ next: '<uuid>' }`.
   *
   * @default - none
   */
  readonly workflowIds?: Readonly<Record<string, string>>;
  /**
   * Secrets that a rule may name for sensitive inputs: complete ARNs. The list is also the grant.
   *
   * @default - none
   */
  readonly sensitiveSecretArns?: readonly string[];
  /**
   * Source addresses that may deliver, as CIDR ranges; checked before anything else.
   *
   * @default - any address; the signature alone decides
   */
  readonly sourceIpAllowList?: readonly string[];
  /**
   * How many follow-ups may follow one another before the loop guard stops them.
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
   * Absolute path of a follow-ups file of your own; its default export is what `followUps(…)` returns.
   *
   * @default - `lambda/follow-ups.ts` of this package
   */
  readonly rules?: string;
}
