import type { Call, Reply } from './call.ts';
import * as reads from './read.ts';
import * as starts from './start-runs.ts';

/** The work of one operation. */
export type Operate = (call: Call) => Reply;

/** What the operations work on. */
export type OperationDeps = starts.StartDeps & reads.ReadDeps;

/** Every operation that the fake knows, by the `operationId` of the API's description. */
export const createOperations = (deps: OperationDeps): Record<string, Operate> => ({
  health: () => ({ status: 200, body: { status: 'ok' } }),
  createRun: (call) => starts.createRun(deps, call),
  bulkCreateRuns: (call) => starts.bulkCreateRuns(deps, call),
  createRunChain: (call) => starts.createRunChain(deps, call),
  retryRun: (call) => starts.retryRun(deps, call),
  getRun: (call) => reads.getRun(deps, call),
  listRuns: (call) => reads.listRuns(deps, call),
  getWorkflow: (call) => reads.getWorkflow(deps, call),
  listRunAttachments: (call) => reads.listRunAttachments(deps, call),
  getRunAttachment: (call) => reads.getRunAttachment(deps, call),
  downloadRunAttachment: (call) => reads.downloadRunAttachment(deps, call),
  getRunAttachmentDownloadUrl: (call) => reads.getRunAttachmentDownloadUrl(deps, call),
});
