import { DAY } from '../../lambda/core/model/index.ts';
import { relative } from '../cli/time.ts';
import { listEvents } from '../events/list.ts';
import type { EventSummary } from '../events/summary.ts';
import { commandLine } from '../stage/command-line.ts';
import type { Stage } from '../stage/stage.ts';
import { type Finding, info, ok, warning } from './check.ts';

/** How many events to skip while looking for a webhook: a reconcile may add many of our own. */
export const MOST_EVENTS = 5000;

/** After this long without a webhook, their delivery is in doubt; milliseconds. */
const QUIET = 7 * DAY;
/** The most that a reconcile goes back, days. */
const FURTHEST = 90;

/** Whether webhooks arrive, and what only a person can do for it in Cyberdesk's dashboard. */
export async function checkArrival(stage: Stage, now = Date.now()): Promise<Finding> {
  const { last, skipped: others } = await lastWebhook(stage, now);
  if (!last) {
    return info(
      'dashboard',
      others === MOST_EVENTS
        ? `no webhook among the newest ${others} events: all are tests, probes or reconciled`
        : `no webhook has been accepted yet${others > 0 ? ', only tests, probes and reconciled events' : ''}. ${howToBegin(stage, others > 0)}`,
    );
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

/** @param isTried whether an event has been sent from here */
function howToBegin({ isLocal, outputs: { webhookUrl }, target }: Stage, isTried: boolean): string {
  const { pathname } = new URL(webhookUrl);
  const first = isTried ? '' : `Send a test event: ${commandLine(target, ['send'])}. `;
  return isLocal
    ? `${first}Cyberdesk reaches this machine through a tunnel only: add its URL with the path ${pathname} as an endpoint in Cyberdesk's dashboard`
    : `Do this once in Cyberdesk's dashboard: activate webhooks for the organisation, and add the endpoint ${webhookUrl} (any other path is answered 404) with the event type run_complete, and others that rules are about`;
}

/** The newest webhook that is meant: events that this command sent or reconciled say nothing about Svix. */
export async function lastWebhook(
  stage: Stage,
  now: number,
  isMeant: (event: EventSummary) => boolean = () => true,
): Promise<{ last?: EventSummary; skipped: number }> {
  let count = 0;
  for await (const event of listEvents(stage, {}, { now })) {
    if (event.origin === 'webhook' && isMeant(event)) return { last: event, skipped: count };
    count += 1;
    if (count === MOST_EVENTS) break;
  }
  return { skipped: count };
}
