import type { CyberdeskApiOptions } from './cyberdesk-api/options.ts';

/** What `startLocal` can be told. Everything has a default. */
export interface LocalOptions {
  /** Stage whose stack is run. @default 'dev' */
  readonly stage?: string;
  /** Absolute path of a file that synthesizes the app in place of what `cdk.json` names; all of its folder is its input. */
  readonly app?: string;
  /** Port of the webhook endpoint on 127.0.0.1; 0 lets the system choose. @default 0 */
  readonly port?: number;
  /** The `whsec_…` to accept; `null` leaves the secret without a value. @default a generated one */
  readonly webhookSecret?: string | null;
  /** The API key for Cyberdesk; `null` leaves the secret without a value. @default a generated one */
  readonly cyberdeskApiKey?: string | null;
  /** URL of an API to use instead of the fake one. */
  readonly cyberdeskApiUrl?: string;
  /** How the fake API behaves. */
  readonly fake?: Omit<CyberdeskApiOptions, 'port' | 'host'>;
  /** Variables that replace those of the template, in every function that has them; `*_WORKFLOW_ID` is added where missing. */
  readonly environment?: Readonly<Record<string, string>>;
  /**
   * Seconds after which the messages of a crashed, killed, failed or timed-out invocation come again; `queue` for the
   * queue's visibility timeout, as in AWS. @default LEASE_SECONDS of the function + 1
   */
  readonly redeliverySeconds?: number | 'queue';
  /** Most sandboxes of a function at a time; further invocations wait. @default twice the cores, at least 4 */
  readonly sandboxLimit?: number;
  /** Milliseconds after which an idle sandbox ends. @default 60000 */
  readonly sandboxIdleMs?: number;
  /** Directory of an installed `aws-lambda-ric` to use as the client of the Runtime API. @default the own one */
  readonly ric?: string;
  /** Whether the stage's throttle of the template holds. @default false */
  readonly throttled?: boolean;
  /** URL of another AWS emulator to use instead of the built-in ones. */
  readonly awsEndpoint?: string;
  /** Whether event sources and schedules run from the start. @default true */
  readonly triggers?: boolean;
}
