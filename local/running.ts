import type { CyberdeskApi } from './cyberdesk-api/server.ts';
import type { AwsCaller } from './emulators/caller.ts';
import type { Outside } from './emulators/outside.ts';
import type { InspectedMessage } from './emulators/queues.ts';
import type { Faults } from './faults/faults.ts';
import type { CallLog } from './front/call-log.ts';
import type { GrantReport } from './front/grant-report.ts';
import type { Credentials } from './front/identities.ts';
import type { RequestHandler } from './http/front.ts';
import type { Functions } from './sandbox/functions.ts';
import type { FunctionLogs } from './sandbox/logs.ts';
import type { Outcome } from './sandbox/outcome.ts';
import type { FunctionModel, PolicyStatement, StackModel } from './template/model.ts';

/** Where a run can be reached, and with which secrets. */
export interface RunAddress {
  /** `http://127.0.0.1:8787` */
  readonly url: string;
  readonly webhookUrl: string;
  /** The signing secret; null when it was left empty. */
  readonly secret: string | null;
  /** The API key; null when it was left empty. */
  readonly apiKey: string | null;
  /** Value of the origin header, if the stage has one: the run adds it to requests, as CloudFront would. */
  readonly originHeader: string | undefined;
  readonly cyberdeskUrl: string;
}

export interface RunServices {
  /** Endpoint of all services, for SDK clients of tests and tools. */
  readonly awsUrl: string;
  /** Credentials that may do everything there. */
  readonly credentials: Credentials;
  /** Credentials whose calls are not recorded, and which no fault hits. */
  readonly observer: Credentials;
  /** New credentials of a function's role, to try what it may do. */
  credentialsOf(label: string): Credentials;
  /** New credentials that allow these statements only, to try what a person needs. */
  credentialsFor(statements: readonly PolicyStatement[]): Credentials;
  /** Calls the emulators directly, without IAM and faults. */
  readonly aws: AwsCaller;
  /** All messages of a queue, without receiving them; empty when an external emulator is used. */
  inspect(queueName: string): Promise<InspectedMessage[]>;
  /** Makes all hidden messages of the event sources' queues visible now, as if their timeouts had expired. */
  hurry(): Promise<void>;
  /** Deletes items that have expired at this time (epoch seconds, by default now); resolves to their number. */
  expire(nowSeconds?: number): Promise<number>;
}

/** The stack of a run, and what its functions have done. */
export interface RunState {
  readonly stack: StackModel;
  /** Whether the result of an earlier synthesis was used. */
  readonly cached: boolean;
  readonly faults: Faults;
  readonly functions: Functions;
  readonly logs: FunctionLogs;
  /** Calls by function, and messages to the topics. */
  readonly calls: CallLog;
  /** What has left for event buses, and for functions of other stacks. */
  readonly outside: Outside;
  readonly grants: GrantReport;
  /** The fake Cyberdesk API, unless another is used. */
  readonly fake: CyberdeskApi | undefined;
  /** A function of the stack by its label, e.g. `verifier`. */
  fn(label: string): FunctionModel;
  /** Values that replace variables of the function's template. */
  overridesOf(fn: FunctionModel): Readonly<Record<string, string>>;
}

export interface LocalRun extends RunAddress, RunServices, RunState {
  /** Whether a function is working, or a message is on its way to one. */
  isBusy(): boolean;
  /** Runs the scheduled functions now. */
  sweep(): Promise<Outcome[]>;
  /** Takes no new work from queues and schedules, and resolves when what runs has ended. */
  drain(): Promise<void>;
  /** Serves more paths on the same port; the handler returns true if it has answered the request. */
  use(handler: RequestHandler): void;
  stop(): Promise<void>;
}
