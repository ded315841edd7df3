// cspell:words invocie statuss succes
import { beforeAll, describe, expect, it } from 'vitest';
import { compile } from './compile.ts';

const IMPORTS = `import * as rules from 'cyberdesk-webhooks/rules';
const { followUps, notify, outputAttachments, publish, retryRun, secret, startChain, startRun } = rules;
`;

/** A follow-ups file with one rule about a workflow that the rules declare. */
const ruleWith = (fields: string, declared = "{ workflows: { invoice: 'required', next: 'optional' } },") =>
  `${IMPORTS}export default followUps(${declared} { name: 'a', ${fields} });\n`;

const returning = (action: string) => ruleWith(`actions: ({ run, event, workflowIds }) => ${action}`);

const GUARD = 'guard: (event: unknown): event is { id: string } => event !== null';

/** Rule, and what the compiler has to say about it. */
const MISTAKES: Record<string, [rule: string, said: string]> = {
  'names a workflow that is not declared': [
    ruleWith("workflow: 'invocie', actions: () => []"),
    `"invocie"' is not assignable to type`,
  ],
  'excepts a workflow that is not declared': [
    ruleWith("exceptWorkflow: 'invocie', actions: () => []"),
    `"invocie"' is not assignable to type`,
  ],
  'picks a workflow that is not declared': [
    ruleWith('workflow: (ids) => ids.invocie, actions: () => []'),
    "Property 'invocie' does not exist on type",
  ],
  'reads the id of a workflow that is not declared': [
    returning('startRun({ workflow_id: workflowIds.invocie })'),
    "Property 'invocie' does not exist on type",
  ],
  'reads an id without a declaration': [
    ruleWith('actions: ({ workflowIds }) => startRun({ workflow_id: workflowIds.invoice })', ''),
    "Property 'invoice' does not exist on type",
  ],
  'uses the id of an optional workflow as if every stage had it': [
    returning('startRun({ workflow_id: workflowIds.next })'),
    "'string | undefined' is not assignable to type 'string'",
  ],
  'forgets to return its action': [
    ruleWith("actions: () => { startRun({ workflow_id: 'w' }); }"),
    "Type 'void' is not assignable to type",
  ],
  'returns nothing for some runs': [
    ruleWith("actions: ({ run }) => { if (run.output_data) return notify('a'); }"),
    "'undefined' is not assignable to type",
  ],
  'is async': [ruleWith("actions: async () => notify('a')"), "Type 'Promise<"],
  'matches an unknown status': [
    ruleWith("status: 'succes', actions: () => []"),
    `"succes"' is not assignable to type`,
  ],
  'puts a secret among the inputs of a run': [
    returning("startRun({ workflow_id: 'w', input_values: { password: secret('arn') } })"),
    "Type 'SecretReference' is not assignable to type",
  ],
  'puts a secret among the inputs of a retry': [
    returning("retryRun({ max: 1, input_values: { password: secret('arn') } })"),
    "Type 'SecretReference' is not assignable to type",
  ],
  'puts a secret among the inputs of a step': [
    returning("startChain({ steps: [{ workflow_id: 'w', inputs: { a: [secret('arn')] } }] })"),
    "Type 'SecretReference' is not assignable to type",
  ],
  'puts a secret among the shared inputs of a chain': [
    returning("startChain({ steps: [], shared_inputs: { deep: { password: secret('arn') } } })"),
    "Type 'SecretReference' is not assignable to type",
  ],
  'puts a secret in place of a text': [
    returning("startRun({ workflow_id: 'w', main_prompt: secret('arn') })"),
    "Type 'SecretReference' is not assignable to type 'string'",
  ],
  'announces a secret': [
    returning("publish({ password: secret('arn') })"),
    "Type 'SecretReference' is not assignable to type 'string'",
  ],
  'puts attachments among the inputs': [
    returning("startRun({ workflow_id: 'w', input_values: { files: outputAttachments(run) } })"),
    "Type 'AttachmentsReference' is not assignable to type",
  ],
  'makes up a reference': [
    returning("startRun({ workflow_id: 'w', file_inputs: [{ ids: ['a'] }] })"),
    "Property 'brand' is missing in type",
  ],
  'retries the run of an event that has none': [
    ruleWith("event: 'downed_machines', actions: () => retryRun({ max: 1 })"),
    "is not assignable to type 'EventAction[] | EventAction'",
  ],
  'retries the run of an event of another type': [
    ruleWith(`event: 'b', ${GUARD}, actions: () => [notify(), retryRun({ max: 1 })]`),
    "is not assignable to type 'EventAction'",
  ],
  'puts a condition of runs on machines': [
    ruleWith("event: 'downed_machines', status: 'error', actions: () => notify()"),
    "'status' does not exist in type 'MachinesRule",
  ],
  'has no guard for a payload that is not known': [
    ruleWith("event: 'b', actions: () => notify()"),
    "Property 'guard' is missing in type",
  ],
  'reads what its guard does not promise': [
    ruleWith(`event: 'b', ${GUARD}, actions: ({ event }) => startRun({ workflow_id: event.name })`),
    "Property 'name' does not exist on type '{ id: string; }'",
  ],
  'forgets to return its action, without a declaration': [
    ruleWith("actions: () => { notify('a'); }", ''),
    "Type 'void' is not assignable to type",
  ],
  'misspells a condition, without a declaration': [
    ruleWith("statuss: 'success', actions: () => []", ''),
    "'statuss' does not exist in type",
  ],
  'names a workflow, without a declaration': [
    ruleWith("workflow: 'invoice', actions: () => []", ''),
    `'"invoice"' is not assignable to type`,
  ],
  'has a declaration with a mistake': [
    ruleWith('actions: () => []', "{ workflows: { invoice: 'needed' } },"),
    `'"needed"' is not assignable to type`,
  ],
  'uses a value of the output as a text': [
    returning('notify(run.output_data?.summary)'),
    "Argument of type 'Json | undefined' is not assignable",
  ],
};

/** A file that uses everything that rules may use. */
const RIGHT = `
import { createCyberdeskClient } from 'cyberdesk-webhooks/cyberdesk';
import type { ChainBody, Json, PostRunCheckResult, RetryBody, RunBody, RunCompletedEvent, RunResponse }
  from 'cyberdesk-webhooks/rules';
import { downedMachines, finishedRun, planFor } from 'cyberdesk-webhooks/testing';
${IMPORTS}
const body = (id: string, more: Json): RunBody => ({ workflow_id: id, input_values: { more } });
const all = followUps(
  { workflows: { invoice: 'required', next: 'optional' } },
  {
    name: 'a',
    status: ['success', 'error'],
    workflow: 'invoice',
    exceptWorkflow: (ids) => ids.next,
    actions: ({ run, event, workflowIds, depth }) => [
      startRun(body(workflowIds.invoice, { summary: run.output_data?.summary, depth })),
      startRun({
        workflow_id: workflowIds.next ?? workflowIds.invoice,
        input_values: { ...run.output_data, at: event.occurred_at, type: event.event_type, id: event.event_id },
        sensitive_input_values: { password: secret('arn'), login: { user: 'a', password: secret('arn', 'field') } },
        file_inputs: [outputAttachments(run), { filename: 'a', content: 'eA==' }],
      }),
      startChain({
        shared_inputs: { total: run.output_data?.total },
        shared_sensitive_inputs: { password: secret('arn') },
        shared_file_inputs: [outputAttachments(run)],
        steps: [{ workflow_id: workflowIds.invoice, inputs: { step: 1 }, sensitive_inputs: { a: secret('b') } }],
      }),
      retryRun({ max: 2, otherwise: notify('twice') }),
    ],
  },
  { name: 'b', workflow: '11111111-1111-4111-8111-111111111111', actions: () => publish({ team: 'a' }) },
);
export const undeclared = followUps({ name: 'a', actions: ({ run }) => notify(run.status) });
export const planned = planFor(all, finishedRun({ output_data: { a: [1, { b: null }] } }), { stage: 'prod' });
export const client = createCyberdeskClient('key');
const isPublished = (event: unknown): event is { workflow: { id: string } } => event !== null;
export const others = followUps(
  { workflows: { restart: 'required' } },
  {
    name: 'c',
    event: 'downed_machines',
    actions: ({ event, workflowIds }) =>
      event.machines.map(({ machine_id, name, last_seen }) =>
        startRun({ workflow_id: workflowIds.restart, input_values: { machine_id, name, last_seen } }),
      ),
  },
  {
    name: 'd',
    event: 'workflow_published',
    guard: isPublished,
    actions: ({ event, workflowIds }) => [
      startRun({ workflow_id: workflowIds.restart, input_values: { id: event.workflow.id } }),
      publish({ type: 'published' }),
    ],
  },
  { name: 'e', event: 'run_complete', actions: ({ run }) => (run.status === 'error' ? retryRun({ max: 1 }) : []) },
);
export const shared = followUps(...all.rules, { name: 'f', actions: ({ run }) => notify(run.status) });
export const down = planFor(others, downedMachines({ organization_id: 'o' }));
export const other = planFor(others, { event_type: 'workflow_published', workflow: { id: 'w' } });
export type Used = [ChainBody, PostRunCheckResult, RetryBody, RunCompletedEvent, RunResponse];
export default all;
`;

describe('the compiler', () => {
  const names = Object.keys(MISTAKES);
  let said: Record<string, string[]>;
  beforeAll(() => {
    const files = names.map((name, index) => [`mistake-${index}.ts`, MISTAKES[name]?.[0] ?? '']);
    said = compile({ ...Object.fromEntries(files), 'right.ts': RIGHT });
  });

  it.each(names)('the compiler refuses a rule that %s', (name) => {
    const errors = said[`mistake-${names.indexOf(name)}.ts`] ?? [];

    expect(errors).toEqual([expect.stringContaining(MISTAKES[name]?.[1] ?? '')]);
  });

  it('the compiler accepts all that rules and their tests may use', () => {
    expect(said['right.ts']).toEqual([]);
  });
});
