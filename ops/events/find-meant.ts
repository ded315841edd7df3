import { UnknownEventError } from '../errors.ts';
import { commandLine } from '../stage/command-line.ts';
import type { Stage } from '../stage/stage.ts';
import { takeEvents } from './list.ts';
import { readCompletions } from './run-items.ts';
import { findEvent } from './store.ts';
import { PROBE_OWNER } from './summary.ts';

const MOST_SHOWN = 5;

/**
 * The event that a person means: by its id, or by that of its run.
 *
 * @returns an id without an event or a run as it is
 * @throws UnknownEventError if the run has more than one event
 */
export async function findMeant(stage: Stage, id: string): Promise<string> {
  if (await findEvent(stage, id)) return id;
  const completions = await readCompletions(stage, id);
  const open = await takeEvents(stage, { run: id, state: 'received' }, MOST_SHOWN);
  const ids = new Set([
    // What a probe has claimed belongs to no event.
    ...completions.map(({ owner }) => owner).filter((owner) => owner !== PROBE_OWNER),
    ...open.events.map(({ event_id }) => event_id),
  ]);
  const [only, ...others] = ids;
  if (only === undefined) return id;
  if (others.length === 0) return only;
  const calls = [only, ...others]
    .slice(0, MOST_SHOWN)
    .map((each) => `"${commandLine(stage.target, ['events', 'show', each])}"`);
  throw new UnknownEventError(`"${id}" is a run with ${ids.size} events`, {
    next: `choose one: ${calls.join(', ')}`,
  });
}
