import * as v from 'valibot';
import { plural } from '../../cli/plural.ts';
import { isEffective, type ReplayOutcome, replayEvents, replayOutcome } from '../../events/replay.ts';
import { readEvents } from '../../events/store.ts';
import type { Stage } from '../../stage/stage.ts';
import { json, jsonLines } from '../answer.ts';
import type { Listing } from '../list/listing.ts';
import { parse, type Route, readWanted } from './call.ts';
import { changing, ofChange } from './changing.ts';
import { type FailedLine, failedLine } from './failures.ts';

const Id = v.pipe(v.string(), v.minLength(1));
const replan = v.optional(v.boolean(), false);
/** As many as a body of a call holds. */
const Ids = v.pipe(v.array(Id), v.minLength(1), v.maxLength(10_000));

const Replay = v.strictObject({ ids: Ids, replan, ...ofChange });

/** Events by their ids, or all that the list finds for a query. */
const Preview = v.union([
  v.strictObject({ ids: Ids, replan }),
  v.strictObject({ query: v.string(), replan }),
]);

/** What a replay would do. Its ids are then replayed, so that nothing is that was not counted. */
export interface ReplayPreview {
  /** Of the events that it would do anything to. */
  ids: string[];
  /** Events by what a replay would do to them. */
  outcomes: Partial<Record<ReplayOutcome, number>>;
}

/** One line of a replay in progress; the last one says how it ended. */
export type ReplayLine =
  | { kind: 'replayed'; event_id: string; outcome: ReplayOutcome }
  | { kind: 'done'; unknown: number }
  | FailedLine;

export const replayRoutes = (stage: Stage, listing: Listing): Record<string, Route> => ({
  // Changes nothing; it has a body because there may be many ids.
  'POST replay-preview': async ({ body }) => {
    const given = parse(Preview, await body(), 'replay-preview');
    const events =
      'ids' in given
        ? [...(await readEvents(stage, given.ids)).values()]
        : await listing.all(readWanted(new URLSearchParams(given.query), Date.now()));
    const preview: ReplayPreview = { ids: [], outcomes: {} };
    for (const event of events) {
      const outcome = replayOutcome(event, { replan: given.replan, isOneOfMany: true });
      preview.outcomes[outcome] = (preview.outcomes[outcome] ?? 0) + 1;
      if (isEffective(outcome)) preview.ids.push(event.event_id);
    }
    return json(preview);
  },
  'POST replay': changing(stage, 'events replay', Replay, async ({ ids, replan }, { signal, onRecord }) =>
    jsonLines<ReplayLine>(async (push) => {
      try {
        const onDone = ({ event_id, outcome }: { event_id: string; outcome: ReplayOutcome }) =>
          push({ kind: 'replayed', event_id, outcome });
        const { unknown } = await onRecord(
          `${ids.length === 1 ? `event ${ids[0]}` : plural(ids.length, 'event')}${replan ? ', replan' : ''}`,
          (audited) => replayEvents(audited, ids, { replan, isOneOfMany: ids.length > 1, signal, onDone }),
          ({ replays, unknown }) => `${replays.length} replayed, ${unknown.length} unknown`,
        );
        push({ kind: 'done', unknown: unknown.length });
      } catch (error) {
        push(failedLine(error));
      }
    }),
  ),
});
