import type { CyberdeskClient, WorkflowQuery } from '../../lambda/cyberdesk/client.ts';
import { isSameId } from '../../lambda/cyberdesk/printable-id.ts';
import type { WorkflowPage, WorkflowResponse } from '../../lambda/cyberdesk/types.ts';
import { workflowIds } from '../../lambda/environment/workflow-ids.ts';
import { ask } from '../reconcile/cyberdesk.ts';
import type { Ids } from '../stage/own-files.ts';
import { deployedProcessor } from '../stage/processor.ts';
import type { Stage } from '../stage/stage.ts';

const PAGE = 100;

/** All pages of a list of workflows. */
export async function allWorkflows(
  list: (query: WorkflowQuery) => Promise<WorkflowPage>,
): Promise<WorkflowResponse[]> {
  const found = new Map<string, WorkflowResponse>();
  for (let read = 0; ; ) {
    const { items, total } = await list({ skip: read, limit: PAGE });
    const known = found.size;
    for (const workflow of items) found.set(workflow.id, workflow);
    read += items.length;
    // An API that ignores `skip` would list the same forever.
    if (found.size === known || read >= total) return [...found.values()];
  }
}

/** All workflows of the organisation, those that were changed last first. @throws NotReachableError */
export const listWorkflows = (stage: Stage, client: CyberdeskClient): Promise<WorkflowResponse[]> =>
  allWorkflows((query) => ask(stage, () => client.workflows.list(query)));

/** Name of a workflow in one line. Someone has typed it, and a terminal would carry out what control characters say. */
export const nameOf = ({ name }: Pick<WorkflowResponse, 'name'>): string | undefined =>
  String(name ?? '')
    .replaceAll(NOT_IN_A_LINE, ' ')
    .trim() || undefined;

/** Spaces and line ends, control characters, and those that turn the direction of a text. */
const NOT_IN_A_LINE = /[\s\p{Cc}\u200e\u200f\u202a-\u202e\u2066-\u2069]+/gu;

/** The workflow ids that the rules of a stage run with, by the names that its settings give them. */
export async function runningIds(stage: Stage): Promise<Ids> {
  const { environment } = stage.processor ?? (await deployedProcessor(stage));
  return workflowIds.read(environment);
}

/** What Cyberdesk has of the workflows that the stage settings name. */
export interface Named {
  found: WorkflowResponse[];
  missing: { name: string; id: string }[];
}

/**
 * Looks for the workflows of the stage settings: among those that are listed, and by their ids.
 *
 * @param get returns undefined where there is no such workflow
 */
export async function findNamed(
  ids: Ids,
  listed: readonly WorkflowResponse[],
  get: (id: string) => Promise<WorkflowResponse | undefined>,
): Promise<Named> {
  const named: Named = { found: [], missing: [] };
  for (const [name, id] of Object.entries(ids)) {
    const workflow = listed.find((one) => isSameId(one.id, id)) ?? (await get(id));
    if (workflow) named.found.push(workflow);
    else named.missing.push({ name, id });
  }
  return named;
}

/** Whether runs of a workflow are announced. The API leaves the field out of old workflows. */
export const sendsWebhooks = ({ is_webhooks_enabled }: WorkflowResponse): boolean =>
  is_webhooks_enabled === true;
