import type { CyberdeskClient } from '../../lambda/cyberdesk/client.ts';
import { relative } from '../cli/time.ts';
import { listEvents } from '../events/list.ts';
import type { EventSummary } from '../events/summary.ts';
import { commandLine } from '../stage/command-line.ts';
import type { Stage } from '../stage/stage.ts';
import { type Finding, info, ok, skipped, warning } from './check.ts';
import { cyberdeskOf } from './secrets.ts';

/** Workflows that are looked at, at most. */
const MOST_WORKFLOWS = 50;

/** Events of our own that are passed by on the way to the last webhook, at most: a reconcile may bring in many. */
const MOST_EVENTS = 5000;

const DAY = 86_400_000;
/** Without a webhook for longer, one may ask whether they still come; milliseconds. */
const QUIET = 7 * DAY;
/** A reconcile goes back no further, days. */
const FURTHEST = 90;

/** What only a person can do in Cyberdesk's dashboard, as far as it can be seen from here. */
export async function checkDashboard(stage: Stage, now = Date.now()): Promise<Finding[]> {
  const endpoint = await checkArrival(stage, now);
  const client = await cyberdeskOf(stage);
  if (!client) return [endpoint, skipped('workflows', 'not checked without an API key')];
  return [endpoint, ...(await checkWorkflows(client))];
}

async function checkArrival(stage: Stage, now: number): Promise<Finding> {
  const { came, looked } = await lastWebhook(stage, now);
  if (!came && looked === MOST_EVENTS) {
    return info(
      'dashboard',
      `no webhook among the newest ${looked} events: all are tests, probes or reconciled`,
    );
  }
  if (!came) {
    return info(
      'dashboard',
      `no webhook has come yet. A person must, once, in Cyberdesk's dashboard: activate webhooks for the organisation, and add the endpoint ${stage.outputs.webhookUrl} with the event type run_complete`,
    );
  }
  const at = Date.parse(came.received_at);
  if (now - at <= QUIET) return ok('dashboard', `webhooks arrive; the last one at ${came.received_at}`);
  const days = Math.min(Math.ceil((now - at) / DAY) + 1, FURTHEST);
  const reconcile = commandLine(stage.target, ['reconcile'], { since: `${days}d` });
  return warning(
    'dashboard',
    `the last webhook came ${relative(at, now)}, at ${came.received_at}`,
    `if runs have ended since: look at the endpoint in the Svix dashboard, which may have disabled it; then ${reconcile}`,
  );
}

/** What we have sent or brought in ourselves says nothing of Svix. */
async function lastWebhook(stage: Stage, now: number): Promise<{ came?: EventSummary; looked: number }> {
  let looked = 0;
  for await (const event of listEvents(stage, {}, now)) {
    if (event.origin === 'webhook') return { came: event, looked };
    looked += 1;
    if (looked === MOST_EVENTS) break;
  }
  return { looked };
}

async function checkWorkflows(client: CyberdeskClient): Promise<Finding[]> {
  const { data, error } = await client.runs.list({ limit: 1000, fields: [] });
  if (error) return [skipped('workflows', `not checked, as the runs could not be listed: ${error.message}`)];
  const ids = [...new Set(data.items.map(({ workflow_id }) => workflow_id))].slice(0, MOST_WORKFLOWS);
  if (ids.length === 0) {
    return [
      info('workflows', 'no runs yet; each workflow needs is_webhooks_enabled, which is off by default'),
    ];
  }
  return [judge(ids.length, await lookAt(client, ids))];
}

interface Looked {
  /** How many could be looked at. */
  count: number;
  /** Names of those that send no webhook. */
  silent: string[];
  /** How many Cyberdesk no longer knows. */
  gone: number;
  /** Why the others could not be looked at. */
  failures: string[];
}

async function lookAt(client: CyberdeskClient, ids: readonly string[]): Promise<Looked> {
  const looked: Looked = { count: 0, silent: [], gone: 0, failures: [] };
  for (const id of ids) {
    const { data, error } = await client.workflows.get(id);
    if (error?.status === 404) looked.gone += 1;
    else if (error) looked.failures.push(error.message);
    else {
      looked.count += 1;
      if (data.is_webhooks_enabled !== true) looked.silent.push(data.name ?? id);
    }
  }
  return looked;
}

function judge(all: number, { count, silent, gone, failures }: Looked): Finding {
  const unseen =
    failures.length > 0
      ? `${failures.length} of ${all} could not be looked at (GET /v1/workflows/…): ${failures[0]}`
      : '';
  if (silent.length > 0) {
    return warning(
      'workflows',
      `${silent.length} of ${count} workflows with recent runs send no webhook: ${silent.slice(0, 5).join(', ')}${unseen && `; ${unseen}`}`,
      'where follow-ups are wanted, switch on "is_webhooks_enabled" in the workflow\'s settings at Cyberdesk',
    );
  }
  // What nobody has seen is not well.
  if (unseen) return skipped('workflows', count > 0 ? `${count} send webhooks; ${unseen}` : unseen);
  return count > 0
    ? ok('workflows', `all ${count} with recent runs send webhooks (is_webhooks_enabled)`)
    : info('workflows', `all ${gone} with recent runs are deleted at Cyberdesk`);
}
