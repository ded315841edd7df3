import type { FunctionModel, StackModel } from '../template/model.ts';
import type { NeededGrant } from './grants.ts';

/** The permissions that Lambda uses on its own for a function: its log stream, and traces where they are on. */
export function unseenGrants(fn: FunctionModel, stack: StackModel, logStream: string): NeededGrant[][] {
  const group = `arn:aws:logs:${stack.region}:${stack.account}:log-group:${fn.logGroup}`;
  const resource = `${group}:log-stream:${logStream}`;
  const logs = ['logs:CreateLogStream', 'logs:PutLogEvents'].map((action) => ({ action, resource }));
  const traces = ['xray:PutTraceSegments', 'xray:PutTelemetryRecords'].map((action) => ({
    action,
    resource: '*',
  }));
  return fn.traced ? [logs, traces] : [logs];
}
