import { DAY } from '../../lambda/core/model/index.ts';
import { relative } from '../cli/time.ts';
import { listEvents } from '../events/list.ts';
import type { EventSummary } from '../events/summary.ts';
import { commandLine } from '../stage/command-line.ts';
import { cyberdeskOf } from '../stage/cyberdesk.ts';
import type { Stage } from '../stage/stage.ts';
import { type Finding, info, ok, skipped, warning } from './check.ts';
import { checkWorkflows } from './workflows.ts';

/** Most events of our own that are skipped on the way to the last webhook: a reconcile may add many. */
const MOST_EVENTS = 5000;

/** After this long without a webhook, their delivery is in doubt; milliseconds. */
const QUIET = 7 * DAY;
/** A reconcile goes back no further, days. */
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
        : `no webhook has arrived yet. Do this once in Cyberdesk's dashboard: activate webhooks for the organisation, and add the endpoint ${stage.outputs.webhookUrl} with the event type run_complete`;
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

/** Events that this command sent or brought in say nothing about Svix. */
async function lastWebhook(stage: Stage, now: number): Promise<{ last?: EventSummary; skipped: number }> {
  let count = 0;
  for await (const event of listEvents(stage, {}, { now })) {
    if (event.origin === 'webhook') return { last: event, skipped: count };
    count += 1;
    if (count === MOST_EVENTS) break;
  }
  return { skipped: count };
}
