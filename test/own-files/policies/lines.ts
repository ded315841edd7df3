import type { FinishedRun } from 'cyberdesk-webhooks/rules';

/** The lines of an invoice, if the workflow has found any. */
export const linesOf = ({ output_data }: FinishedRun) =>
  Array.isArray(output_data?.lines) ? output_data.lines : [];
