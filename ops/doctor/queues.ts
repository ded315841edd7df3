import { HOUR, type PauseItem } from '../../lambda/core/model/index.ts';
import { plural } from '../cli/plural.ts';
import { isoTime, relative } from '../cli/time.ts';
import { pauseInWords } from '../events/causes.ts';
import { openIds } from '../events/list.ts';
import { readEvents } from '../events/store.ts';
import { type Depth, deadLetterDepth, waitingDepth } from '../queues/depths.ts';
import { commandLine } from '../stage/command-line.ts';
import type { Stage } from '../stage/stage.ts';
import { readPause } from '../stage/table.ts';
import { type Finding, info, ok, problem, readPart, warning } from './check.ts';

/** Unfinished events older than this are reported, milliseconds. */
const OLD = HOUR;

export async function checkQueues(stage: Stage, now = Date.now()): Promise<Finding[]> {
  const part = <T>(check: string, what: string, read: (stage: Stage) => Promise<T>) =>
    readPart([check, what], () => read(stage), stage);
  const [dlq, queue, oldest, pause] = await Promise.all([
    part('dead-letters', 'the number of dead letters', deadLetterDepth),
    part('queue', 'the number of messages', waitingDepth),
    part('queue', 'the oldest unfinished event', oldestOpen),
    part('pause', 'whether calls to Cyberdesk are paused', readPause),
  ]);
  return [
    ...(dlq.value ? [checkDeadLetters(stage, dlq.value)] : dlq.unread),
    ...checkWaiting(stage, { depth: queue.value, oldest: oldest.value }, now),
    ...queue.unread,
    ...oldest.unread,
    ...(pause.value && pause.value.until > now ? [describePause(pause.value)] : pause.unread),
  ];
}

interface Oldest {
  id: string;
  at: number;
}

function checkWaiting(
  { target }: Stage,
  { depth, oldest }: { depth: Depth | undefined; oldest: Oldest | undefined },
  now: number,
): Finding[] {
  const waiting = depth ? [`${depth.visible} waiting, ${depth.in_flight} being processed or deferred`] : [];
  if (oldest !== undefined && now - oldest.at > OLD) {
    const text = [...waiting, `the oldest unfinished event arrived ${relative(oldest.at, now)}`].join('; ');
    return [warning('queue', text, commandLine(target, ['events', 'show', oldest.id]))];
  }
  return waiting.map((text) => ok('queue', text));
}

function describePause({ until, cause }: PauseItem): Finding {
  const why = cause ? `: ${pauseInWords(cause)}` : '';
  return info(
    'pause',
    `calls to Cyberdesk are paused until ${isoTime(until)}${why}; what waits continues by itself`,
  );
}

function checkDeadLetters({ target }: Stage, { visible, in_flight }: Depth): Finding {
  const count = visible + in_flight;
  if (count === 0) return ok('dead-letters', 'none');
  return problem(
    'dead-letters',
    `waiting for a person: ${plural(count, 'event')}`,
    commandLine(target, ['dlq', 'list']),
  );
}

async function oldestOpen(stage: Stage): Promise<Oldest | undefined> {
  const events = await readEvents(stage, await openIds(stage));
  const [oldest] = [...events.values()]
    .filter(({ state }) => state === 'received')
    .sort((a, b) => (a.received_at < b.received_at ? -1 : 1));
  return oldest && { id: oldest.event_id, at: Date.parse(oldest.received_at) };
}
