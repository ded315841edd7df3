import type { CallLog } from './aws/call-log.ts';
import type { AwsCaller } from './aws/caller.ts';
import type { Faults } from './aws/faults.ts';
import type { GrantReport } from './aws/grant-report.ts';
import type { InspectedMessage } from './aws/queues.ts';
import type { CyberdeskApi } from './cyberdesk-api/server.ts';
import type { RequestHandler } from './http/front.ts';
import type { Credentials } from './lambda/environment.ts';
import type { Functions } from './lambda/functions.ts';
import type { FunctionLogs } from './lambda/logs.ts';
import type { Outcome } from './lambda/outcome.ts';
import type { FunctionModel, StackModel } from './template/model.ts';

/** A local run that is up. */
export interface LocalRun {
  /** `http://127.0.0.1:8787` */
  readonly url: string;
  /** Where to send webhooks. */
  readonly webhookUrl: string;
  /** The signing secret that was seeded; null when it was left empty. */
  readonly secret: string | null;
  /** The API key that was seeded; null when it was left empty. */
  readonly apiKey: string | null;
  readonly stack: StackModel;
  /** Whether the synthesized app of an earlier run was used. */
  readonly cached: boolean;
  /** Endpoint of all emulated AWS services, for SDK clients of tests and tools. */
  readonly awsUrl: string;
  /** Credentials that may do everything there. */
  readonly credentials: Credentials;
  /** New credentials of a function's role, to try what it may do. */
  credentialsOf(label: string): Credentials;
  /** Calls the emulators from within, past IAM and faults. */
  readonly aws: AwsCaller;
  /** All messages of a queue, without receiving them; none with another emulator. */
  inspect(queueName: string): Promise<InspectedMessage[]>;
  readonly faults: Faults;
  readonly functions: Functions;
  readonly logs: FunctionLogs;
  /** What was called, by whom, and what went to the topics. */
  readonly calls: CallLog;
  readonly grants: GrantReport;
  readonly cyberdeskUrl: string;
  /** The fake API, unless another is used. */
  readonly fake: CyberdeskApi | undefined;
  /** A function of the stack by its label, e.g. `verifier`. */
  fn(label: string): FunctionModel;
  /** Runs the scheduled functions now. */
  sweep(): Promise<Outcome[]>;
  /** Deletes items whose time to live is over at this time (epoch seconds). */
  expire(nowSeconds?: number): Promise<number>;
  /** Event sources take no further messages until `resume`. */
  pause(): void;
  resume(): void;
  /** Lets all hidden messages of the event sources' queues show at once, as if their time had passed. */
  hurry(): Promise<void>;
  /** Serves further paths on the same port; it answers true when it has taken the request. */
  use(handler: RequestHandler): void;
  stop(): Promise<void>;
}
