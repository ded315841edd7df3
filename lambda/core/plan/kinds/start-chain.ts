import { parseExact } from '../../../json/parse.ts';
import { correlated } from './correlate.ts';
import type { Kind } from './kind.ts';
import type { Wanted } from './likeness.ts';
import { findStartedRuns, findStartedWith, takeStartedRuns } from './started-runs.ts';

/** Starts several runs in order on one reserved machine. */
export const startChain: Kind<'startChain'> = {
  content({ body, correlate }, key) {
    if (correlate === undefined) return body;
    const [first, ...others] = body.steps;
    return { ...body, steps: [{ ...first, inputs: correlated(first?.inputs, correlate, key) }, ...others] };
  },
  correlate: ({ correlate }) => correlate,
  references: {
    secret: /^(shared_sensitive_inputs|steps\/\d+\/sensitive_inputs)\//,
    attachments: /^(shared_file_inputs|steps\/\d+\/file_inputs)\/\d+$/,
  },
  startsRuns: true,
  execution: {
    kind: 'call',
    runsOf: countSteps,
    send: (cyberdesk, { body, record }, limit) => cyberdesk.createChain(body, record.key, limit),
    lookUp: (ports, call, limit) => findStartedRuns(ports, call, { wanted: wantedBy(call.body), limit }),
    takeRuns: takeStartedRuns,
    runsStartedWith: (ports, call, run, limit) =>
      findStartedWith(ports, call, run, { wanted: wantedBy(call.body), limit }),
  },
};

interface ChainContent {
  steps?: { workflow_id: string; inputs?: object | null }[];
  shared_inputs?: object | null;
  session_id?: unknown;
}

/** Rules in plain JavaScript may return any content. */
function countSteps(body: string): number {
  const content = parseExact(body) as { steps?: unknown } | null;
  return Array.isArray(content?.steps) ? content.steps.length : 1;
}

function wantedBy(body: string): Wanted {
  const { steps = [], shared_inputs, session_id } = parseExact(body) as ChainContent;
  return {
    steps: steps.map(({ workflow_id, inputs }) => ({
      workflowId: workflow_id,
      inputs: { ...shared_inputs, ...inputs },
    })),
    together: 'session',
    joins: session_id == null ? undefined : String(session_id),
  };
}
