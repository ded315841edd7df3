import type { WorkflowResponse } from '../../lambda/cyberdesk/types.ts';

/** The workflow that the shipped rule starts in a local run whose stage names no other. */
export const EXAMPLE_NEXT_WORKFLOW_ID = '7d3f0a52-6c1e-4b8a-9f27-3e5d8c1b4a60';

/** Workflows that the local run knows from the start, with schemas for `types` and `rules check`. */
export const EXAMPLE_WORKFLOWS: (Partial<WorkflowResponse> & { id: string })[] = [
  {
    id: EXAMPLE_NEXT_WORKFLOW_ID,
    name: 'Next',
    input_schema: JSON.stringify({
      $schema: 'http://json-schema.org/draft-07/schema#',
      type: 'object',
      properties: { summary: { type: 'string', description: 'What the run before has found out' } },
    }),
    output_schema: JSON.stringify({
      $schema: 'http://json-schema.org/draft-07/schema#',
      type: 'object',
      properties: {
        summary: { type: 'string' },
        account: { type: 'integer', description: 'Number of the account, of up to 20 digits' },
        lines: {
          type: 'array',
          items: {
            type: 'object',
            properties: { text: { type: 'string' }, amount: { type: 'number' } },
            required: ['text', 'amount'],
          },
        },
      },
      required: ['summary'],
    }),
  },
];
