import { plural } from '../cli/plural.ts';
import type { Erased } from './erase.ts';

const WHY = {
  unfinished: 'not finished yet: repeat this later',
  in_progress: 'a worker has it: repeat this in a minute',
  undecided:
    'an action of it may still be carried out: redrive it first, or settle the action (--skip gives it up)',
} as const satisfies Record<Erased['refused'][number]['why'], string>;

/** What else holds what was erased. */
interface Elsewhere {
  /** Until when point-in-time recovery does, ISO 8601. */
  backupsUntil: string | undefined;
  /** Tables that `restore` has made; undefined if they could not be looked for. */
  tables: readonly string[] | undefined;
}

/** What was erased, and what was not, in lines. */
export function* erasedInWords(
  { erased, refused, delivered, run_ids }: Erased,
  { backupsUntil, tables }: Elsewhere,
): Generator<string> {
  yield `${plural(erased.length, 'payload')} erased`;
  for (const { event_id, why } of refused) yield `${event_id}: ${WHY[why]}`;
  for (const { event_id, destination, at } of delivered)
    yield `not erased: the copy of ${event_id} that "${destination}" got at ${at}`;
  if (run_ids.length > 0)
    yield `not erased: the inputs of ${plural(run_ids.length, 'run')} at Cyberdesk: ${run_ids.join(', ')}`;
  if (tables === undefined)
    yield 'not looked for: tables that a restore has made, as AWS does not allow dynamodb:ListTables; delete those that are left';
  for (const table of tables ?? [])
    yield `not erased: the table ${table}, which a restore has made: delete it`;
  if (backupsUntil !== undefined)
    yield `point-in-time recovery still holds what was erased, until ${backupsUntil}; repeat this after a restore`;
}

/** For the audit. */
export const erasedInCounts = ({ erased, refused }: Erased): string =>
  `${erased.length} erased, ${refused.length} refused`;
