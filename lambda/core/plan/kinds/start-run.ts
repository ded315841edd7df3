import { parseExact } from '../../../json/parse.ts';
import { asObject } from '../../model/index.ts';
import { correlated } from './correlate.ts';
import type { Kind } from './kind.ts';
import type { Wanted } from './likeness.ts';
import { findStartedRuns, takeStartedRuns } from './started-runs.ts';
import { textOf } from './text.ts';

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
    wantedBy,
    send: (cyberdesk, { body, record }, limit) => cyberdesk.createRun(body, record.key, limit),
    lookUp: (ports, call, limit) => findStartedRuns(ports, call, { wanted: wantedBy(call.body), limit }),
    takeRuns: takeStartedRuns,
  },
};

/** Rules in plain JavaScript may return any content. */
function wantedBy(body: string): Wanted {
  const { workflow_id, input_values } = asObject(parseExact(body));
  return {
    steps: [{ workflowId: textOf(workflow_id), inputs: asObject(input_values) }],
    together: 'single_run',
  };
}
