/** What a follow-ups file imports. */
export type { TerminalStatus } from '../cyberdesk/run-status.ts';
export type {
  DownedMachinesEvent,
  FileInput,
  PostRunCheckResult,
  RunCompletedEvent,
  RunCreate,
  RunResponse,
  RunRetry,
  WorkflowChainCreate,
} from '../cyberdesk/types.ts';
export { ExactNumber } from '../json/exact-number.ts';
export {
  type Action,
  type ChainBody,
  type ChainStepBody,
  type Correlation,
  deliver,
  type EventAction,
  notify,
  outputAttachments,
  publish,
  type RetryBody,
  type RunBody,
  retryRun,
  secret,
  startChain,
  startRun,
} from './actions.ts';
export { failedChecks } from './checks.ts';
export type { DownMachine, MachinesDown, MachinesDownEvent, OtherEvent } from './events.ts';
export { type Declaration, type FollowUps, followUps } from './follow-ups.ts';
export type { Json, JsonObject } from './json.ts';
export type {
  AnyRule,
  Finished,
  FinishedEvent,
  FinishedRun,
  MachinesRule,
  OtherRule,
  RuleDefinition,
} from './rule.ts';
export {
  type Schemas,
  schemasOf,
  type WorkflowIds,
  type WorkflowMatcher,
  type Workflows,
  type WorkflowTypes,
} from './workflows.ts';
