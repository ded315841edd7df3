import { parseExact } from '../../../json/parse.ts';
import { correlated } from './correlate.ts';
import type { Kind } from './kind.ts';
import type { Wanted } from './likeness.ts';
import { findStartedRuns, findStartedWith, takeStartedRuns } from './started-runs.ts';

/** Starts one run. */
export const startRun: Kind<'startRun'> = {
  content: ({ body, correlate }, key) =>
    correlate === undefined ? body : { ...body, input_values: correlated(body.input_values, correlate, key) },
  correlate: ({ correlate }) => correlate,
  references: { secret: /^sensitive_input_values\//, attachments: /^file_inputs\/\d+$/ },
  startsRuns: true,
  execution: {
    kind: 'call',
    runsOf: () => 1,
    send: (cyberdesk, { body, record }, limit) => cyberdesk.createRun(body, record.key, limit),
    lookUp: (ports, call, limit) => findStartedRuns(ports, call, { wanted: wantedBy(call.body), limit }),
    takeRuns: takeStartedRuns,
    runsStartedWith: (ports, call, run, limit) =>
      findStartedWith(ports, call, run, { wanted: wantedBy(call.body), limit }),
  },
};

function wantedBy(body: string): Wanted {
  const content = parseExact(body) as { workflow_id?: string; input_values?: object | null };
  return {
    steps: [{ workflowId: content.workflow_id ?? '', inputs: content.input_values ?? {} }],
    together: 'single_run',
  };
}
