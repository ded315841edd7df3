import { DAY } from '../../lambda/core/model/index.ts';
import type { CyberdeskClient } from '../../lambda/cyberdesk/client.ts';
import { relative } from '../cli/time.ts';
import { listEvents } from '../events/list.ts';
import type { EventSummary } from '../events/summary.ts';
import { commandLine } from '../stage/command-line.ts';
import { cyberdeskOf } from '../stage/secrets.ts';
import type { Stage } from '../stage/stage.ts';
import { type Finding, info, ok, skipped, warning } from './check.ts';

/** How many events of our own to skip while looking for the last webhook: a reconcile may add many. */
const MOST_EVENTS = 5000;

/** After this long without a webhook, their delivery is in doubt; milliseconds. */
const QUIET = 7 * DAY;
/** The most that a reconcile goes back, days. */
const FURTHEST = 90;

/** What only a person can do in Cyberdesk's dashboard, as far as it is visible from here. */
export async function checkDashboard(stage: Stage, now = Date.now()): Promise<Finding[]> {
  const arrival = await checkArrival(stage, now);
  const client = await cyberdeskOf(stage);
  if (!client) return [arrival, skipped('workflows', 'not checked without an API key')];
  return [arrival, await checkWorkflows(client)];
}

async function checkArrival(stage: Stage, now: number): Promise<Finding> {
  const { last, skipped: others } = await lastWebhook(stage, now);
  if (!last) {
    const text =
      others === MOST_EVENTS
        ? `no webhook among the newest ${others} events: all are tests, probes or reconciled`
        : `no webhook has arrived yet. Do this once in Cyberdesk's dashboard: activate webhooks for the organisation, and add the endpoint ${stage.outputs.webhookUrl} with the event type run_complete, and others that rules are about`;
    return info('dashboard', text);
  }
  const at = Date.parse(last.received_at);
  if (now - at <= QUIET) return ok('dashboard', `webhooks arrive; the last one at ${last.received_at}`);
  const days = Math.min(Math.ceil((now - at) / DAY) + 1, FURTHEST);
  const reconcile = commandLine(stage.target, ['reconcile'], { since: `${days}d` });
  return warning(
    'dashboard',
    `the last webhook arrived ${relative(at, now)}, at ${last.received_at}`,
    `if runs have ended since then, check the endpoint in the Svix dashboard, which may have disabled it; then ${reconcile}`,
  );
}

/** Events that this command sent or reconciled say nothing about Svix. */
export async function lastWebhook(
  stage: Stage,
  now: number,
): Promise<{ last?: EventSummary; skipped: number }> {
  let count = 0;
  for await (const event of listEvents(stage, {}, { now })) {
    if (event.origin === 'webhook') return { last: event, skipped: count };
    count += 1;
    if (count === MOST_EVENTS) break;
  }
  return { skipped: count };
}

const MOST_WORKFLOWS = 50;

async function checkWorkflows(client: CyberdeskClient): Promise<Finding> {
  const { data, error } = await client.runs.list({ limit: 1000, fields: [] });
  if (error) return skipped('workflows', `not checked, as the runs could not be listed: ${error.message}`);
  const ids = [...new Set(data.items.map(({ workflow_id }) => workflow_id))].slice(0, MOST_WORKFLOWS);
  if (ids.length === 0)
    return info('workflows', 'no runs yet; each workflow needs is_webhooks_enabled, which is off by default');
  return judge(ids.length, await lookAt(client, ids));
}

interface Workflows {
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
