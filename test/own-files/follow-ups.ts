import {
  deliver,
  failedChecks,
  followUps,
  notify,
  outputAttachments,
  publish,
  retryRun,
  secret,
  startChain,
  startRun,
} from '../../lambda/rules/index.ts';
import { linesOf } from './policies/lines.ts';

const PORTAL = 'arn:aws:secretsmanager:eu-central-1:123456789012:secret:claims-portal-AbCdEf';

/** Whether a webhook is what Cyberdesk may send one day when a new version of a workflow is published. */
const isPublished = (event: unknown): boolean =>
  typeof event === 'object' &&
  event !== null &&
  'workflow' in event &&
  typeof event.workflow === 'object' &&
  event.workflow !== null &&
  'id' in event.workflow &&
  typeof event.workflow.id === 'string';

/** Rules that a customer may write: nothing in them is of the shipped ones. */
export default followUps(
  { workflows: { readInvoice: 'required', bookInvoice: 'required', archive: 'optional' } },
  {
    name: 'book',
    status: 'success',
    workflow: 'readInvoice',
    failedChecks: false,
    actions: (finished) =>
      startRun({
        workflow_id: finished.workflowIds.bookInvoice,
        input_values: { lines: linesOf(finished.run), read_at: finished.event.occurred_at },
        sensitive_input_values: { login: { user: 'clerk', password: secret(PORTAL, 'password') } },
        file_inputs: [outputAttachments(finished.run)],
      }),
  },
  {
    name: 'file-away',
    status: 'success',
    workflow: 'bookInvoice',
    actions: ({ workflowIds: { archive } }) =>
      archive === undefined
        ? []
        : [
            startChain({ steps: [{ workflow_id: archive }, { workflow_id: archive }] }),
            publish({ team: 'claims' }),
            deliver('claims'),
          ],
  },
  {
    name: 'once-more',
    status: ['error', 'task_failed'],
    exceptWorkflow: 'archive',
    actions: () => retryRun({ max: 2, otherwise: notify('An invoice needs a person') }),
  },
  {
    name: 'checks',
    failedChecks: true,
    actions: ({ run }) => notify(`${failedChecks(run).length} checks have failed`),
  },
  {
    name: 'desks',
    event: 'downed_machines',
    actions: ({ event }) => notify(`${event.machines.length} machines are down`),
  },
  {
    name: 'read-again',
    event: 'workflow_published',
    guard: (event: unknown): event is { workflow: { id: string } } => isPublished(event),
    actions: ({ event, workflowIds }) =>
      event.workflow.id === workflowIds.readInvoice ? startRun({ workflow_id: event.workflow.id }) : [],
  },
);
