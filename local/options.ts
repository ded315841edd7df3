import type { CyberdeskApiOptions } from './cyberdesk-api/options.ts';
import type { ServiceOptions } from './emulators/services.ts';
import type { Synthesized } from './template/synth.ts';

/** Options of `startLocal`. All have a default. */
export interface LocalOptions extends Omit<ServiceOptions, 'state'> {
  /** The stage whose stack is run. @default 'dev' */
  readonly stage?: string;
  /** Absolute path of a file that synthesizes the app instead of `cdk.json`; its whole folder is an input. */
  readonly app?: string;
  /** Makes the assembly to run, which the caller releases. @default the app is synthesized */
  readonly assembly?: () => Promise<Synthesized>;
  /** Port of the webhook endpoint on 127.0.0.1; 0 for any free one. @default 0 */
  readonly port?: number;
  /** The `whsec_…` to accept; `null` leaves the secret empty. @default a generated one */
  readonly webhookSecret?: string | null | undefined;
  /** The API key for Cyberdesk; `null` leaves the secret empty. @default a generated one */
  readonly cyberdeskApiKey?: string | null | undefined;
  /** Values of secrets that the stack names but does not create, such as those of `sensitiveSecretArns`, by name or ARN. */
  readonly secrets?: Readonly<Record<string, string>> | undefined;
  /** URL of an API to use instead of the fake one. */
  readonly cyberdeskApiUrl?: string | undefined;
  /**
   * Where tables, messages, secrets and the runs of the fake API are kept for the next run: absolute path of a folder that one
   * run uses at a time. `fresh` discards what is there. @default nothing is kept
   */
  readonly keep?: { readonly folder: string; readonly fresh?: boolean } | undefined;
  /** Receives what the start is doing, line by line. */
  readonly say?: ((line: string) => void) | undefined;
  readonly fake?: Omit<CyberdeskApiOptions, 'port' | 'kept'>;
  /** Replaces variables of the template in every function that has them; `*_WORKFLOW_ID` is added where missing. */
  readonly environment?: Readonly<Record<string, string>>;
  /**
   * Seconds after which the messages of a crashed, killed, failed or timed-out invocation are redelivered; `queue` for
   * the queue's visibility timeout, as in AWS. @default LEASE_SECONDS of the function + 1
   */
  readonly redeliverySeconds?: number | 'queue' | undefined;
  /** Most sandboxes of a function at a time; more invocations wait. @default twice the cores, at least 4 */
  readonly sandboxLimit?: number;
  /** Milliseconds after which an idle sandbox ends. @default 60000 */
  readonly sandboxIdleMs?: number;
  /** Directory of an installed `aws-lambda-ric` to use as the Runtime API client. @default the built-in client */
  readonly ric?: string | undefined;
  /** Whether the template's throttling applies. @default false */
  readonly throttled?: boolean | undefined;
  /** Whether event sources and schedules run from the start. @default true */
  readonly triggers?: boolean;
  /** A function whose sandbox waits for a debugger on this port of 127.0.0.1; 0 for any free one. */
  readonly debug?: { readonly label: string; readonly port: number } | undefined;
}
