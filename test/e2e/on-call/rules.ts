import { type Action, followUps, startRun } from '../../../lambda/rules/index.ts';

/** What the run wants from the rules. */
const wish = ({ output_data }: { output_data?: unknown }): unknown =>
  (output_data as { wish?: unknown } | null)?.wish;

export default followUps(
  { workflows: { next: 'required' } },
  {
    name: 'start-next',
    actions: ({ run, workflowIds }) =>
      wish(run) === 'start' ? startRun({ workflow_id: workflowIds.next, input_values: { total: 7 } }) : [],
  },
  {
    name: 'reads-what-is-not-there',
    actions({ run }) {
      if (wish(run) !== 'throw') return [];
      const missing = (run.output_data as { invoice: { total: number } }).invoice.total;
      return startRun({ workflow_id: `${missing}` });
    },
  },
  {
    name: 'waits',
    actions: ({ run }) =>
      // As JavaScript may have it: the types refuse a promise.
      wish(run) === 'wait' ? (Promise.resolve([]) as unknown as Action[]) : [],
  },
);
