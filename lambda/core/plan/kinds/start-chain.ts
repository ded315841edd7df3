import { parseExact } from '../../../json/parse.ts';
import { asObject } from '../../model/index.ts';
import { correlated } from './correlate.ts';
import type { Kind } from './kind.ts';
import type { Wanted } from './likeness.ts';
import { findStartedRuns, takeStartedRuns } from './started-runs.ts';
import { textOf } from './text.ts';

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
    wantedBy,
    send: (cyberdesk, { body, record }, limit) => cyberdesk.createChain(body, record.key, limit),
    lookUp: (ports, call, limit) => findStartedRuns(ports, call, { wanted: wantedBy(call.body), limit }),
    takeRuns: takeStartedRuns,
  },
};

/** Rules in plain JavaScript may return any content. */
function contentOf(body: string): { steps: unknown[]; shared_inputs?: unknown; session_id?: unknown } {
  const content = asObject(parseExact(body));
  return { ...content, steps: Array.isArray(content.steps) ? content.steps : [] };
}

function countSteps(body: string): number {
  return contentOf(body).steps.length || 1;
}

function wantedBy(body: string): Wanted {
  const { steps, shared_inputs, session_id } = contentOf(body);
  return {
    steps: steps.map(asObject).map(({ workflow_id, inputs }) => ({
      workflowId: textOf(workflow_id),
      inputs: { ...asObject(shared_inputs), ...asObject(inputs) },
    })),
    together: 'session',
    joins: session_id == null ? undefined : textOf(session_id),
  };
}
