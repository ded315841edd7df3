import type { CyberdeskClient } from '../../lambda/cyberdesk/client.ts';
import { type Finding, info, ok, skipped, warning } from './check.ts';

/** Most workflows that are checked. */
const MOST_WORKFLOWS = 50;

/** Whether the workflows with recent runs send webhooks. */
export async function checkWorkflows(client: CyberdeskClient): Promise<Finding> {
  const { data, error } = await client.runs.list({ limit: 1000, fields: [] });
  if (error) return skipped('workflows', `not checked, as the runs could not be listed: ${error.message}`);
  const ids = [...new Set(data.items.map(({ workflow_id }) => workflow_id))].slice(0, MOST_WORKFLOWS);
  if (ids.length === 0) {
    return info('workflows', 'no runs yet; each workflow needs is_webhooks_enabled, which is off by default');
  }
  return judge(ids.length, await lookAt(client, ids));
}

interface Workflows {
  /** How many could be read. */
  count: number;
  /** Names of those that send no webhooks. */
  silent: string[];
  /** How many no longer exist at Cyberdesk. */
  deleted: number;
  /** Why the others could not be read. */
  failures: string[];
}

async function lookAt(client: CyberdeskClient, ids: readonly string[]): Promise<Workflows> {
  const found: Workflows = { count: 0, silent: [], deleted: 0, failures: [] };
  for (const id of ids) {
    const { data, error } = await client.workflows.get(id);
    if (error?.status === 404) found.deleted += 1;
    else if (error) found.failures.push(error.message);
    else {
      found.count += 1;
      if (data.is_webhooks_enabled !== true) found.silent.push(data.name ?? id);
    }
  }
  return found;
}

function judge(all: number, { count, silent, deleted, failures }: Workflows): Finding {
  const unread =
    failures.length > 0
      ? `${failures.length} of ${all} could not be read (GET /v1/workflows/…): ${failures[0]}`
      : '';
  if (silent.length > 0) {
    return warning(
      'workflows',
      `${silent.length} of ${count} workflows with recent runs send no webhooks: ${silent.slice(0, 5).join(', ')}${unread && `; ${unread}`}`,
      'if you want follow-ups for them, switch on "is_webhooks_enabled" in the settings of the workflow at Cyberdesk',
    );
  }
  // A workflow that could not be read must not pass as one that is fine.
  if (unread) return skipped('workflows', count > 0 ? `${count} send webhooks; ${unread}` : unread);
  return count > 0
    ? ok('workflows', `all ${count} with recent runs send webhooks (is_webhooks_enabled)`)
    : info('workflows', `all ${deleted} with recent runs are deleted at Cyberdesk`);
}
