import { isUnknownToApi } from '../../lambda/cyberdesk/answer-class.ts';
import type { CyberdeskClient } from '../../lambda/cyberdesk/client.ts';
import { CyberdeskError } from '../../lambda/cyberdesk/errors.ts';
import type { WorkflowResponse } from '../../lambda/cyberdesk/types.ts';
import { hasNone } from '../reconcile/cyberdesk.ts';
import { commandLine } from '../stage/command-line.ts';
import type { Ids } from '../stage/own-files.ts';
import { cyberdeskOf } from '../stage/secrets.ts';
import type { Stage } from '../stage/stage.ts';
import { allWorkflows, findNamed, runningIds, sendsWebhooks } from '../workflows/read.ts';
import { type Finding, info, ok, problem, readPart, skipped, warning } from './check.ts';

const check = 'workflows';
/** How many of those that send no webhooks are named. */
const MOST_NAMED = 5;

/**
 * Whether Cyberdesk has the workflows of the stage settings, and whether these and those with recent runs send webhooks:
 * it is off in a new workflow, and without it no webhook reaches the rules.
 */
export async function checkWorkflows(stage: Stage): Promise<Finding[]> {
  const client = await cyberdeskOf(stage);
  if (!client) return [skipped(check, 'not checked without an API key')];
  const { value: ids = {}, unread } = await readPart(
    [check, 'the workflows that the stage settings name'],
    () => runningIds(stage),
    stage,
  );
  return [...(await compare(stage, client, ids)), ...unread];
}

/** @param ids of the stage settings */
async function compare(stage: Stage, client: CyberdeskClient, ids: Ids): Promise<Finding[]> {
  try {
    const [listed, recent] = [await allWorkflows(listWith(client)), await withRecentRuns(client)];
    const { found, missing } = await findNamed(ids, listed, getWith(client));
    const used = new Set([...listed.filter(({ id }) => recent.has(id)), ...found]);
    return [
      ...missing.map(({ name, id }) => unknownId(stage, name, id)),
      ...judge(stage, [...used], recent.size > 0),
    ];
  } catch (error) {
    if (!(error instanceof CyberdeskError)) throw error;
    return [skipped(check, `not checked, as Cyberdesk's lists could not be read: ${error.message}`)];
  }
}

/** At once: a person waits for this, and the check of the API key says why a call fails. @throws CyberdeskError */
const listWith =
  (client: CyberdeskClient): Parameters<typeof allWorkflows>[0] =>
  async (query) => {
    const { data, error } = await client.workflows.list(query);
    if (error) throw error;
    return data;
  };

/** @throws CyberdeskError */
const getWith =
  (client: CyberdeskClient): Parameters<typeof findNamed>[2] =>
  async (id) => {
    const { data, error } = await client.workflows.get(id);
    if (error && !isUnknownToApi(error) && !hasNone(error, id)) throw error;
    return data;
  };

/** @throws CyberdeskError */
async function withRecentRuns(client: CyberdeskClient): Promise<Set<string>> {
  const { data, error } = await client.runs.list({ limit: 1000, fields: [] });
  if (error) throw error;
  return new Set(data.items.map(({ workflow_id }) => workflow_id));
}

function unknownId({ isLocal, name: stage }: Stage, name: string, id: string): Finding {
  const where = isLocal
    ? `workflowIds.${name} in stages.ts, or the variable that replaces it`
    : `workflowIds.${name} in stages.ts, then npm run deploy -- ${stage}`;
  return problem(
    check,
    `Cyberdesk has no workflow ${id}, which the stage settings call "${name}": it refuses every start of it`,
    `correct ${where}`,
  );
}

function judge({ target }: Stage, used: readonly WorkflowResponse[], hasRuns: boolean): Finding[] {
  const which = 'with recent runs or in the stage settings';
  const silent = used.filter((workflow) => !sendsWebhooks(workflow));
  if (silent.length > 0) {
    const named = silent.slice(0, MOST_NAMED);
    const names = named.map(({ id, name }) => name ?? id).join(', ');
    const text = `${silent.length} of ${used.length} workflows ${which} send no webhooks: ${names}`;
    const enable = commandLine(target, ['workflows', 'enable', ...named.map(({ id }) => id)]);
    return [warning(check, text, `if rules should act on their runs: ${enable}`)];
  }
  if (used.length > 0) return [ok(check, `all ${used.length} ${which} send webhooks (is_webhooks_enabled)`)];
  return hasRuns
    ? [info(check, 'all with recent runs are deleted at Cyberdesk')]
    : [info(check, 'no runs yet; each workflow needs is_webhooks_enabled, which is off by default')];
}
