import { HOUR, type PauseItem } from '../../lambda/core/model/index.ts';
import { plural } from '../cli/plural.ts';
import { isoTime, relative } from '../cli/time.ts';
import { pauseInWords } from '../events/causes.ts';
import { openIds } from '../events/list.ts';
import { readEvents } from '../events/store.ts';
import { type Depth, queueDepths } from '../queues/depths.ts';
import { commandLine } from '../stage/command-line.ts';
import type { Stage } from '../stage/stage.ts';
import { readPause } from '../stage/table.ts';
import { type Finding, info, ok, problem, warning } from './check.ts';

/** Unfinished events older than this are reported, milliseconds. */
const OLD = HOUR;

export async function checkQueues(stage: Stage, now = Date.now()): Promise<Finding[]> {
  const [{ queue, dlq }, oldest, pause] = await Promise.all([
    queueDepths(stage),
    oldestOpen(stage),
    readPause(stage),
  ]);
  const findings = [checkDeadLetters(stage, dlq)];
  const waiting = `${queue.visible} waiting, ${queue.in_flight} being processed or deferred`;
  const isOld = oldest !== undefined && now - oldest.at > OLD;
  if (isOld) {
    const text = `${waiting}; the oldest unfinished event arrived ${relative(oldest.at, now)}`;
    findings.push(warning('queue', text, commandLine(stage.target, ['events', 'show', oldest.id])));
  } else findings.push(ok('queue', waiting));
  if (pause && pause.until > now) findings.push(describePause(pause));
  return findings;
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

async function oldestOpen(stage: Stage): Promise<{ id: string; at: number } | undefined> {
  const events = await readEvents(stage, await openIds(stage));
  const [oldest] = [...events.values()]
    .filter(({ state }) => state === 'received')
    .sort((a, b) => (a.received_at < b.received_at ? -1 : 1));
  return oldest && { id: oldest.event_id, at: Date.parse(oldest.received_at) };
}
