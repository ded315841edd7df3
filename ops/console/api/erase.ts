import * as v from 'valibot';
import { plural } from '../../cli/plural.ts';
import { isoTime } from '../../cli/time.ts';
import { chooseToErase, eraseEvents } from '../../events/erase.ts';
import { erasedInCounts, erasedInWords } from '../../events/erase-words.ts';
import { readEvents } from '../../events/store.ts';
import { readBackups, restoredTables } from '../../stage/backups.ts';
import type { Stage } from '../../stage/stage.ts';
import { json, jsonLines } from '../answer.ts';
import { parse, type Route } from './call.ts';
import { changing, ofChange } from './changing.ts';
import { type FailedLine, failedLine } from './failures.ts';

const Run = v.pipe(v.string(), v.minLength(1));
const Ids = v.pipe(v.array(v.pipe(v.string(), v.minLength(1))), v.minLength(1), v.maxLength(10_000));

const Preview = v.strictObject({ run: Run });
const Erase = v.strictObject({ run: Run, ids: Ids, ...ofChange });

/** As many events per second as the command erases by default. */
const RATE = 25;

/** What erasing the payloads of a run would erase. Only its ids are then erased, so that nothing is that was not counted. */
export interface ErasePreview {
  ids: string[];
  /** How many of them are not finished, and will be refused. */
  unfinished: number;
  /** How many of them were erased before. */
  again: number;
  /** Until when point-in-time recovery holds what is erased now, ISO 8601. */
  in_backups_until?: string;
}

/** One line of an erasure in progress; the last one says how it ended. */
export type EraseLine = { kind: 'erased' } | { kind: 'done'; lines: string[] } | FailedLine;

async function backupsUntil(stage: Stage): Promise<string | undefined> {
  const backups = await readBackups(stage);
  return backups && isoTime(Date.now() + backups.reach);
}

export const eraseRoutes = (stage: Stage): Record<string, Route> => ({
  // Changes nothing.
  'POST erase-preview': async ({ body }) => {
    const { run } = parse(Preview, await body(), 'erase-preview');
    const { ids } = await chooseToErase(stage, { run }, Date.now());
    const events = [...(await readEvents(stage, ids)).values()];
    const until = await backupsUntil(stage);
    const preview: ErasePreview = {
      ids,
      unfinished: events.filter(({ state }) => state === 'received').length,
      again: events.filter(({ erased_at }) => erased_at !== undefined).length,
      ...(until !== undefined && { in_backups_until: until }),
    };
    return json(preview);
  },
  'POST erase': changing(stage, 'events erase', Erase, async ({ run, ids }, { signal, onRecord }) =>
    jsonLines<EraseLine>(async (push) => {
      try {
        const elsewhere = { backupsUntil: await backupsUntil(stage), tables: await restoredTables(stage) };
        const chosen = await chooseToErase(stage, { run }, Date.now());
        const seen = { ...chosen, ids: chosen.ids.filter((id) => ids.includes(id)) };
        const erased = await onRecord(
          `${plural(seen.ids.length, 'event')}: run ${run}`,
          (audited) =>
            eraseEvents(audited, seen, { rate: RATE, signal, onDone: () => push({ kind: 'erased' }) }),
          erasedInCounts,
        );
        push({ kind: 'done', lines: [...erasedInWords(erased, elsewhere)] });
      } catch (error) {
        push(failedLine(error));
      }
    }),
  ),
});
