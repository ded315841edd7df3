import type { Operate } from './call.ts';
import { checkMachines } from './machines.ts';
import { READ_OPERATIONS } from './read.ts';
import { START_OPERATIONS } from './start-runs.ts';
import { WORKFLOW_OPERATIONS } from './workflows.ts';

/** What the API can do, by `operationId` of its description. */
export const OPERATIONS: Record<string, Operate> = {
  health: () => ({ status: 200, body: { status: 'ok' } }),
  checkMachines,
  ...START_OPERATIONS,
  ...READ_OPERATIONS,
  ...WORKFLOW_OPERATIONS,
};
