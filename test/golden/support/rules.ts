import {
  notify,
  outputAttachments,
  publish,
  type RuleDefinition,
  retryRun,
  secret,
  startChain,
  startRun,
} from './core.ts';

/** The first ARN is one that the stage allows. */
export const ALLOWED_SECRET = 'arn:secret';
export const OTHER_SECRET = 'arn:other';

export const startNext: RuleDefinition = {
  name: 'start-next',
  status: 'success',
  exceptWorkflow: (ids) => ids.next,
  actions: ({ run, workflowIds }) =>
    startRun({
      workflow_id: workflowIds.next as string,
      input_values: { summary: run.output_data?.summary },
    }),
};

/** Without an exception for the workflow that it starts: it follows its own runs. */
export const startAgain: RuleDefinition = {
  name: 'start-again',
  actions: ({ depth }) => startRun({ workflow_id: 'workflow-next', input_values: { depth } }),
};

export const chain: RuleDefinition = {
  name: 'chain',
  actions: ({ run }) =>
    startChain({
      shared_inputs: { summary: run.output_data?.summary },
      steps: [
        { workflow_id: 'workflow-next', inputs: { step: 1 } },
        { workflow_id: 'workflow-other', inputs: { step: 2 } },
      ],
    }),
};

export const retry: RuleDefinition = {
  name: 'retry',
  status: 'error',
  actions: () =>
    retryRun({
      max: 1,
      input_values: { again: true },
      otherwise: notify('A run failed again after a retry'),
    }),
};

export const announce: RuleDefinition = {
  name: 'announce',
  actions: () => [notify('A run has ended'), publish({ team: 'billing' })],
};

export const withReferences: RuleDefinition = {
  name: 'with-references',
  actions: ({ run }) =>
    startRun({
      workflow_id: 'workflow-next',
      input_values: { summary: run.output_data?.summary },
      sensitive_input_values: {
        token: secret(ALLOWED_SECRET),
        password: secret('arn:with-fields', 'password'),
      },
      file_inputs: [{ filename: 'fixed.txt', content: 'Zml4ZWQ=' }, outputAttachments(run)],
    }),
};

export const largeStart: RuleDefinition = {
  name: 'large-start',
  actions: () => startRun({ workflow_id: 'workflow-next', input_values: { text: 'x'.repeat(70_000) } }),
};

/** A rule that starts one run with a secret. */
export const withSecret = (id: string, field?: string): RuleDefinition => ({
  name: 'with-secret',
  actions: () =>
    startRun({ workflow_id: 'workflow-next', sensitive_input_values: { password: secret(id, field) } }),
});

export const withAttachments: RuleDefinition = {
  name: 'with-attachments',
  actions: ({ run }) => startRun({ workflow_id: 'workflow-next', file_inputs: [outputAttachments(run)] }),
};

export const throwing: RuleDefinition = {
  name: 'throwing',
  actions: () => {
    throw new Error('a mistake in the rules');
  },
};

export const misplaced: RuleDefinition = {
  name: 'misplaced',
  actions: () =>
    startRun({
      workflow_id: 'workflow-next',
      // As in plain JavaScript; in TypeScript it does not compile.
      input_values: { password: secret(ALLOWED_SECRET) as unknown as string },
    }),
};
