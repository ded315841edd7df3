import {
  type Action,
  deliver,
  followUps,
  notify,
  outputAttachments,
  publish,
  retryRun,
  secret,
  startChain,
  startRun,
} from '../../../../lambda/rules/index.ts';
import { SENSITIVE_SECRET } from './sensitive.ts';

/** Large enough for a plan that is stored in items of its own. */
const LARGE = 80 * 1024;

/** Rules that return any action: the finished run names it in `output_data.do`. */
export default followUps({
  name: 'what-the-run-says',
  actions: ({ run }) => {
    const { do: what, summary } = run.output_data as { do: string; summary: string };
    const start = (more: object = {}) =>
      startRun({ workflow_id: run.workflow_id, input_values: { summary }, ...more });
    const asked: Record<string, () => Action[]> = {
      start: () => [start(), notify(), publish()],
      chain: () => [
        startChain({
          steps: [
            { workflow_id: run.workflow_id, inputs: { summary, step: 1 } },
            { workflow_id: run.workflow_id, inputs: { summary, step: 2 } },
          ],
        }),
      ],
      retry: () => [retryRun({ max: 1, input_values: { summary } })],
      files: () => [start({ file_inputs: [outputAttachments(run)] })],
      sensitive: () => [start({ sensitive_input_values: { password: secret(SENSITIVE_SECRET) } })],
      deliver: () => [start(), deliver('archive'), deliver('team'), deliver('bus')],
      large: () => [start({ input_values: { summary, text: 'x'.repeat(LARGE) } })],
    };
    return asked[what]?.() ?? [];
  },
});
