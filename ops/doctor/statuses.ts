import { BY_DAY_INDEX, DAY } from '../../lambda/core/model/index.ts';
import { isActive, isTerminal } from '../../lambda/cyberdesk/run-status.ts';
import { isoTime } from '../cli/time.ts';
import { commandLine } from '../stage/command-line.ts';
import type { Stage } from '../stage/stage.ts';
import { query } from '../stage/table.ts';
import { type Finding, ok, warning } from './check.ts';

/** How far back events are looked at, days. */
const DAYS = 7;
/** Pages of the index that are read, at most: a page holds thousands of events. */
const MOST_PAGES = 50;

/** Whether runs were recently reported with a status that this release does not know: the rules never saw them. */
export async function checkStatuses(stage: Stage, now = Date.now()): Promise<Finding> {
  const counts = new Map<string, number>();
  for await (const status of recentStatuses(stage, now)) {
    if (!isTerminal(status) && !isActive(status)) counts.set(status, (counts.get(status) ?? 0) + 1);
  }
  if (counts.size === 0) return ok('statuses', `every status of the last ${DAYS} days is known`);
  const named = [...counts].map(([status, count]) => `"${status}" (${count})`).join(', ');
  const reconcile = commandLine(stage.target, ['reconcile'], { since: `${DAYS}d` });
  return warning(
    'statuses',
    `this release does not know the run status ${named}, so the rules were not asked about those events`,
    `if Cyberdesk has a new status, update this project, deploy, then ${reconcile}; otherwise look at the transformation in the Svix portal`,
  );
}

/** Of `run_complete` events, newest first. */
async function* recentStatuses(stage: Stage, now: number): AsyncGenerator<string> {
  let pages = 0;
  for (let back = -1; back < DAYS; back += 1) {
    const found = query<{ status?: string }>(stage, {
      IndexName: BY_DAY_INDEX,
      KeyConditionExpression: '#day = :day',
      FilterExpression: '#type = :type',
      ProjectionExpression: '#status',
      ExpressionAttributeNames: { '#day': 'day', '#type': 'type', '#status': 'status' },
      ExpressionAttributeValues: {
        ':day': { S: isoTime(now - back * DAY).slice(0, 10) },
        ':type': { S: 'run_complete' },
      },
      ScanIndexForward: false,
    });
    for await (const events of found) {
      yield* events.flatMap(({ status }) => status ?? []);
      pages += 1;
      if (pages === MOST_PAGES) return;
    }
  }
}
