import { BY_DAY_INDEX, DAY, type EventItem, eventKey } from '../../lambda/core/model/index.ts';
import { isActive, isTerminal } from '../../lambda/cyberdesk/run-status.ts';
import { isoTime } from '../cli/time.ts';
import { commandLine } from '../stage/command-line.ts';
import type { Stage } from '../stage/stage.ts';
import { query, readBatch } from '../stage/table.ts';
import { type Finding, ok, readPart, warning } from './check.ts';

const check = 'statuses';
/** How far back events are looked at, days. */
const DAYS = 7;
/** Pages of the index that are read, at most: a page holds thousands of events. */
const MOST_PAGES = 50;
/** Events without a stored status that are read, at most: why they have none is not in the index. */
const MOST_READ = 100;

/** What the events of these days say of the statuses of their runs. */
interface Seen {
  /** Events by a status that this release does not know. */
  unknown: Map<string, number>;
  /** Ids of events without a stored status. */
  without: string[];
  /** Whether every event was looked at. */
  isComplete: boolean;
}

/** Whether runs were recently reported with a status that this release does not know: the rules never saw them. */
export async function checkStatuses(stage: Stage, now = Date.now()): Promise<Finding[]> {
  const { unknown, without, isComplete } = await look(stage, now);
  const { value: hidden = [], unread } = await readPart(
    [check, 'events without a stored status'],
    () => withUnknownStatus(stage, without.slice(0, MOST_READ)),
    stage,
  );
  if (unknown.size > 0 || hidden.length > 0) return [unknownStatus(stage, unknown, hidden), ...unread];
  return unread.length > 0 ? unread : [ok(check, allKnown(isComplete))];
}

/** @param hidden ids of events whose status is unknown as well, and not stored */
function unknownStatus(stage: Stage, unknown: Seen['unknown'], hidden: readonly string[]): Finding {
  const [example] = hidden;
  const statuses = [...unknown].map(([status, count]) => `"${status}" (${count})`);
  if (example !== undefined)
    statuses.push(
      `one that is not stored because it is not printable ASCII without spaces (${hidden.length})`,
    );
  const reconcile = commandLine(stage.target, ['reconcile'], { since: `${DAYS}d` });
  const next = `if Cyberdesk has a new status, update this project, deploy, then ${reconcile}; otherwise look at the transformation in the Svix portal`;
  return warning(
    check,
    `this release does not know the run status ${statuses.join(', ')}, so the rules were not asked about those events`,
    example === undefined ? next : `see what is not stored: ${showPayload(stage, example)}; ${next}`,
  );
}

const allKnown = (isComplete: boolean): string =>
  isComplete
    ? `every status of the last ${DAYS} days is known`
    : 'every status of the newest events is known; there are more than doctor looks at';

const showPayload = ({ target }: Stage, eventId: string): string =>
  commandLine(target, ['events', 'show', eventId], { payload: true });

async function look(stage: Stage, now: number): Promise<Seen> {
  const unknown = new Map<string, number>();
  const without: string[] = [];
  let pages = 0;
  for await (const events of recentEvents(stage, now)) {
    pages += 1;
    for (const { event_id, status } of events) {
      if (status === undefined) without.push(event_id);
      else if (!isTerminal(status) && !isActive(status)) unknown.set(status, (unknown.get(status) ?? 0) + 1);
    }
    if (pages === MOST_PAGES) break;
  }
  return { unknown, without, isComplete: pages < MOST_PAGES && without.length <= MOST_READ };
}

/** Of events without a stored status: others do not report any, or not as text. */
async function withUnknownStatus(stage: Stage, ids: readonly string[]): Promise<string[]> {
  const read = await readBatch<Pick<EventItem, 'event_id' | 'reason'>>(stage, ids.map(eventKey), [
    'event_id',
    'reason',
  ]);
  return read.filter(({ reason }) => reason === 'unknown_status').map(({ event_id }) => event_id);
}

/** The `run_complete` events, newest first, in pages. */
async function* recentEvents(
  stage: Stage,
  now: number,
): AsyncGenerator<Pick<EventItem, 'event_id' | 'status'>[]> {
  for (let back = -1; back < DAYS; back += 1) {
    yield* query<Pick<EventItem, 'event_id' | 'status'>>(stage, {
      IndexName: BY_DAY_INDEX,
      KeyConditionExpression: '#day = :day',
      FilterExpression: '#type = :type',
      ProjectionExpression: '#id, #status',
      ExpressionAttributeNames: { '#day': 'day', '#type': 'type', '#id': 'event_id', '#status': 'status' },
      ExpressionAttributeValues: {
        ':day': { S: isoTime(now - back * DAY).slice(0, 10) },
        ':type': { S: 'run_complete' },
      },
      ScanIndexForward: false,
    });
  }
}
