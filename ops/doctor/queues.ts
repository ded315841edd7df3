import { PAUSE_KEY, type PauseItem } from '../../lambda/core/model/index.ts';
import { relative } from '../cli/time.ts';
import { openIds } from '../events/list.ts';
import { readEvents, tableOf } from '../events/store.ts';
import { queueDepths } from '../queues/depths.ts';
import { commandLine } from '../stage/command-line.ts';
import type { Stage } from '../stage/stage.ts';
import { type Finding, info, ok, problem, warning } from './check.ts';

/** An unfinished event this old is worth a look, milliseconds. */
const OLD = 60 * 60_000;

/** Queue, dead letters, and what is not finished. */
export async function checkQueues(stage: Stage, now = Date.now()): Promise<Finding[]> {
  const [{ queue, dlq }, oldest, pause] = await Promise.all([
    queueDepths(stage),
    oldestOpen(stage),
    tableOf(stage).get(PAUSE_KEY) as Promise<PauseItem | undefined>,
  ]);
  const findings: Finding[] = [];
  const letters = dlq.visible + dlq.in_flight;
  findings.push(
    letters === 0
      ? ok('dead-letters', 'none')
      : problem(
          'dead-letters',
          `${letters} event(s) need a person`,
          commandLine(stage.target, ['dlq', 'list']),
        ),
  );
  const waiting = `${queue.visible} waiting, ${queue.in_flight} being worked on or put off`;
  findings.push(
    oldest !== undefined && now - oldest.at > OLD
      ? warning(
          'queue',
          `${waiting}; the oldest unfinished event came ${relative(oldest.at, now)}`,
          commandLine(stage.target, ['events', 'show', oldest.id]),
        )
      : ok('queue', waiting),
  );
  if (pause && pause.until > now) {
    findings.push(info('pause', `calls to Cyberdesk rest until ${new Date(pause.until).toISOString()}`));
  }
  return findings;
}

async function oldestOpen(stage: Stage): Promise<{ id: string; at: number } | undefined> {
  const events = await readEvents(stage, await openIds(stage));
  const [oldest] = [...events.values()]
    .filter(({ state }) => state === 'received')
    .sort((a, b) => (a.received_at < b.received_at ? -1 : 1));
  return oldest && { id: oldest.event_id, at: Date.parse(oldest.received_at) };
}
