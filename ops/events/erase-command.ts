import { type AuditedCall, auditedVerb } from '../audit/verb.ts';
import { confirmChange } from '../cli/ask.ts';
import { type Call, EXIT, type ExitCode } from '../cli/command.ts';
import { plural } from '../cli/plural.ts';
import { interruptible, withProgress } from '../cli/progress.ts';
import { hint, showResult } from '../cli/show.ts';
import { asDates, isoTime, parseOptionalSince } from '../cli/time.ts';
import { inWords, isEmpty, upTo1000 } from '../cli/values.ts';
import { BadArgumentError } from '../errors.ts';
import { readBackups, restoredTables } from '../stage/backups.ts';
import { commandLine } from '../stage/command-line.ts';
import { type Chosen, chooseToErase, type Erased, type EraseFilter, eraseEvents } from './erase.ts';
import { erasedInCounts, erasedInWords } from './erase-words.ts';
import { isNamed, noMatch } from './no-match.ts';

interface EraseOptions {
  run?: string;
  workflow?: string;
  before?: string;
  rate: number;
}

export const eraseCommand = auditedVerb<EraseOptions>({
  name: 'erase',
  description: 'erases the payloads of finished events for good; ids and what was done stay',
  examples: ['events erase --run 2ee3… --stage prod', 'events erase --workflow 7c1a… --before 30d'],
  confirms: true,
  options: (command) =>
    command
      .option('--run <id>', 'of the events of this run')
      .option('--workflow <id>', 'of the events of all runs of this workflow')
      .option('--before <time>', 'of what was received before: 30d (ago), 2026-11-25 or 2026-11-25T10:00:00Z')
      .option('--rate <per second>', 'maximum events per second', upTo1000, 25),
  check: filterOf,
  run: erase,
});

/** @throws BadArgumentError without a target, or with one that can only be a slip */
function filterOf({ io, options: { run, workflow, before: time } }: Call<EraseOptions>): EraseFilter {
  const before = parseOptionalSince(time, '--before', io.now());
  const filter = { run, workflow, before };
  // What a variable that is not set leaves behind would match no event, and look like an erasure.
  if (run === '' || workflow === '') throw new BadArgumentError('an empty id was given');
  if (before !== undefined && before > io.now())
    throw new BadArgumentError(`--before ${isoTime(before)} is in the future`);
  if (!isEmpty(filter)) return filter;
  throw new BadArgumentError('nothing was named', {
    next: 'say whose payloads are to be erased with --run, --workflow or --before',
  });
}

async function erase(call: AuditedCall<EraseOptions>): Promise<ExitCode> {
  const { io, stage } = call;
  const given = asDates(call.given, io.now());
  const filter = filterOf(call);
  const backups = await readBackups(stage);
  const tables = await restoredTables(stage);
  const chosen = await withProgress(call, () => chooseToErase(stage, filter, io.now()));
  if (chosen.ids.length === 0) return nothingToErase(call, filter, tables);
  const count = plural(chosen.ids.length, 'event');
  await confirmChange(call, `erases the payloads of ${count} for good`);
  const { result, interrupted } = await eraseChosen(call, chosen, `${count}: ${inWords(filter, '')}`);
  const backupsUntil = backups && isoTime(io.now() + backups.reach);
  const document = {
    matched: chosen.ids.length,
    ...result,
    ...(backupsUntil && { in_backups_until: backupsUntil }),
    ...(tables && { in_tables: tables }),
    interrupted,
  };
  showResult(call, document, () => {
    for (const line of erasedInWords(result, { backupsUntil, tables })) io.out(`${line}\n`);
    const again = commandLine(stage.target, ['events', 'erase'], given);
    if (interrupted) io.out(`interrupted; continue with "${again}"\n`);
    else if (result.refused.length > 0) hint(io, `next: repeat it with "${again}"`);
  });
  return result.refused.length > 0 || interrupted ? EXIT.finding : EXIT.ok;
}

const NOTHING: Erased = { erased: [], refused: [], delivered: [], run_ids: [] };

/** Nothing is on record, as nothing is done. Of someone who is known, all may be younger than what was asked for. */
async function nothingToErase(
  call: AuditedCall<EraseOptions>,
  { before, ...of }: EraseFilter,
  tables: readonly string[] | undefined,
): Promise<ExitCode> {
  const { io, stage } = call;
  const others = before === undefined ? NOTHING.erased : (await chooseToErase(stage, of, io.now())).ids;
  const isUnknown = isNamed(of) && others.length === 0;
  const document = { matched: 0, ...NOTHING, ...(tables && { in_tables: tables }), interrupted: false };
  showResult(call, document, () => {
    const perhaps = isUnknown ? '; it has expired, the id is mistyped, or it is of another stage' : '';
    io.out(`${noMatch(stage, 'stored event', isUnknown ? of : { ...of, before })}${perhaps}\n`);
    const [, ...elsewhere] = erasedInWords(NOTHING, { backupsUntil: undefined, tables });
    for (const line of elsewhere) io.out(`${line}\n`);
  });
  return isUnknown ? EXIT.finding : EXIT.ok;
}

const eraseChosen = (call: AuditedCall<EraseOptions>, chosen: Chosen, target: string) =>
  call.onRecord(
    target,
    (stage) =>
      withProgress(call, (update) =>
        interruptible((signal) =>
          eraseEvents(stage, chosen, {
            ...{ rate: call.options.rate, signal },
            onDone: (count) => update(`${count} of ${chosen.ids.length}`),
          }),
        ),
      ),
    ({ result }) => erasedInCounts(result),
  );
