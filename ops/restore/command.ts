import { Option } from 'commander';
import { type AuditedCall, auditedVerb } from '../audit/verb.ts';
import { confirmChange } from '../cli/ask.ts';
import { EXIT, type ExitCode } from '../cli/command.ts';
import { interruptible, warn, withProgress } from '../cli/progress.ts';
import { hint, showResult } from '../cli/show.ts';
import { isoTime } from '../cli/time.ts';
import { commandLine } from '../stage/command-line.ts';
import { choiceOf, type RestoreOptions } from './choice.ts';
import { OVERWRITES } from './copy-back.ts';
import { ERASED_TOO, isDoubtful, whatReturns } from './erased-words.ts';
import { absolute, checkMoment } from './moment.ts';
import { OVERWRITES_ERASED } from './record.ts';
import { restoreTable } from './restore.ts';
import { isRevived, reviveTable } from './revive.ts';
import { putSettingsBack } from './settings.ts';
import { type Waiting, waitUntilActive } from './tables.ts';
import { show, showInterrupted } from './words.ts';

type RestoreCall = AuditedCall<RestoreOptions>;

export const restoreCommand = auditedVerb<RestoreOptions>({
  name: 'restore',
  description:
    "puts back what a stage's table has lost; what may have been done since then waits for a person",
  examples: [
    'restore --to 2h --stage prod',
    'restore --to 2026-11-25T10:00:00Z --from copy',
    'restore --deleted --stage dev',
  ],
  confirms: true,
  options: (command) =>
    command
      .option('--to <time>', 'as it was then: 2h (ago), 2026-11-25 or 2026-11-25T10:00:00Z')
      .option('--from <table>', 'copy from this table, which was last written at --to')
      .option('--deleted', 'the table was deleted: bring it back as it was then')
      .addOption(
        new Option('--overwrite <what>', 'what is written over what the table has by now')
          .choices(OVERWRITES)
          .default('nothing'),
      )
      .addOption(
        new Option(
          '--overwrite-erased <which>',
          'which events marked as erased are written over as well: none, those of whose erasure nothing is on record, or all',
        )
          .choices(OVERWRITES_ERASED)
          .default('none'),
      ),
  check: choiceOf,
  run: restore,
});

async function restore(call: RestoreCall): Promise<ExitCode> {
  const choice = choiceOf(call);
  const { io } = call;
  if (choice.kind === 'deleted') return revive(call, io.sleep);
  const { from, overwrite: overwrites, overwriteErased: overwritesErased } = call.options;
  const { point } = choice;
  await checkMoment(call, point);
  const what = `${from ?? 'the table'} as of ${isoTime(point)}, over ${overwrites}${ERASED_TOO[overwritesErased]}`;
  if (overwritesErased !== 'none') warn(io, whatReturns(call, overwritesErased));
  await confirmChange(call, `copies back ${what},`);
  const again = absolute(call, point);
  announce(call, `copies back ${what}`, again);
  const { result, interrupted } = await call.onRecord(
    what,
    (stage) =>
      withProgress(call, (onProgress) =>
        interruptible((signal) =>
          restoreTable(stage, {
            ...{ point, from, overwrites, overwritesErased },
            ...{ signal, onProgress, sleep: io.sleep },
          }),
        ),
      ),
    ({ result: { copied, kept, expired } }) => `${copied} copied, ${kept} kept, ${expired} expired`,
  );
  showResult(call, { ...result, interrupted }, () =>
    interrupted ? showInterrupted(call, result, again) : show(call, result, point),
  );
  return interrupted || result.erased.some(isDoubtful) ? EXIT.finding : EXIT.ok;
}

/** Said at the start: whatever ends the process later may leave no time for it. Beside JSON, only errors go there. */
function announce({ io, options }: RestoreCall, what: string, again: string): void {
  if (!options.json) io.err(`${what}; if it is cut off, continue with "${again}"\n`);
}

async function revive(call: RestoreCall, sleep: Waiting['sleep']): Promise<ExitCode> {
  const { io, stage } = call;
  const { tableName: table } = stage.outputs;
  const isBegun = await isRevived(stage);
  await confirmChange(call, `brings table ${table} back`);
  announce(call, `brings table ${table} back`, commandLine(stage.target, ['restore'], call.given));
  await withProgress(call, async (onProgress) => {
    const waiting = { onProgress, sleep };
    // Until it is back, nothing can be put on record in it.
    if (isBegun) await waitUntilActive(stage, table, waiting);
    else await reviveTable(stage, waiting);
    await call.onRecord(`deleted table ${table}`, (audited) => putSettingsBack(audited, waiting));
  });
  showResult(call, { kind: 'revived', table }, () => {
    io.out(`table ${table} is back, with the settings of the stack's template\n`);
    hint(
      io,
      `next: "${commandLine(stage.target, ['doctor'])}"; Svix delivers again what was refused meanwhile`,
    );
  });
  return EXIT.ok;
}
