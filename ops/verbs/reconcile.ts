import type { Command } from 'commander';
import { confirmChange } from '../cli/ask.ts';
import { type Call, type Context, changes, EXIT, type ExitCode, runs, verb } from '../cli/command.ts';
import { interruptible } from '../cli/interruptible.ts';
import type { Io } from '../cli/io.ts';
import { progress } from '../cli/progress.ts';
import { ago, showJson } from '../cli/show.ts';
import { table } from '../cli/table.ts';
import { checkSpan, parseDuration, parseSince } from '../cli/time.ts';
import { BadArgumentError } from '../errors.ts';
import { Bookmarks } from '../reconcile/bookmark.ts';
import type { Verdict } from '../reconcile/judge.ts';
import { type Reconciled, type ReconciledRun, reconcile } from '../reconcile/reconcile.ts';
import { commandLine } from '../stage/command-line.ts';
import { rate, uuid } from './filter-options.ts';

interface ReconcileVerbOptions {
  since: string;
  until?: string;
  apply?: boolean;
  workflow?: string;
  includeDisabled?: boolean;
  lookback: string;
  grace: string;
  rate: number;
  restart?: boolean;
}

/** Rows that a person reads. */
const MOST_ROWS = 50;

/** All runs since then are read, a thousand at a time. */
const LONGEST_LOOKBACK = '365d';

/** `reconcile` */
export function reconcileCommand(context: Context): Command {
  const command = changes(
    verb(
      'reconcile',
      'finds runs that ended at Cyberdesk without an event here; exit code 1 when some are missing',
      ['reconcile --since 2d --stage prod', 'reconcile --since 2026-11-20 --apply --stage prod'],
    ),
  )
    .requiredOption('--since <time>', 'runs that ended since: 2h (ago), 2026-11-25 or 2026-11-25T10:00:00Z')
    .option('--until <time>', 'runs that ended until then (default: now)')
    .option('--apply', 'store and queue what is missing')
    .option('--workflow <id>', 'only runs of this workflow', uuid)
    .option('--include-disabled', 'also runs of workflows that send no webhooks (is_webhooks_enabled)')
    .option(
      '--lookback <duration>',
      `how long before --since a run may have been created (at most ${LONGEST_LOOKBACK})`,
      '30d',
    )
    .option('--grace <duration>', 'a run that ended this recently is not missing yet', '15m')
    .option('--rate <per second>', 'most events per second', rate, 10)
    .option('--restart', 'begin anew where one of the last day was cut off');
  return runs<ReconcileVerbOptions>(context, command, run, check);
}

function check({ io, options }: Omit<Call<ReconcileVerbOptions>, 'stage'>): void {
  const { since, lookback, grace } = options;
  parseSince(since, '--since', io.now());
  checkSpan(options, io.now());
  parseDuration(grace, '--grace');
  if (parseDuration(lookback, '--lookback') > parseDuration(LONGEST_LOOKBACK, '--lookback')) {
    throw new BadArgumentError(`--lookback "${lookback}" is too long: give at most ${LONGEST_LOOKBACK}`);
  }
}

async function run({ io, stage, options, given }: Call<ReconcileVerbOptions>): Promise<ExitCode> {
  const { since, until, apply = false, workflow, includeDisabled = false, lookback, grace } = options;
  const question = [stage.stackName, stage.region, stage.outputs.installation, since, until, workflow];
  const line = progress(io, !options.json);
  const bookmarks = new Bookmarks([...question, includeDisabled, lookback, apply], undefined, (text) => {
    line.done();
    io.err(`warning: ${text}\n`);
  });
  if (options.restart) await bookmarks.remove();
  if (apply) await confirmChange(io, stage, 'queues events for runs that have none', options.yes ?? false);
  const { result } = await interruptible((signal) =>
    reconcile(stage, {
      since: parseSince(since, '--since', io.now()),
      until: until === undefined ? undefined : parseSince(until, '--until', io.now()),
      apply,
      workflow,
      includeDisabled,
      lookback: parseDuration(lookback, '--lookback'),
      grace: parseDuration(grace, '--grace'),
      rate: options.rate,
      bookmarks,
      signal,
      onProgress: (compared, upTo) =>
        line.update(`${compared} runs compared, up to ${new Date(upTo).toISOString().slice(0, 16)}`),
    }),
  ).finally(() => line.done());
  if (options.json) showJson(io, result);
  else {
    const { restart: _restart, ...again } = given;
    const call = (flags = {}) => commandLine(stage.target, ['reconcile'], { ...again, ...flags });
    show(io, result);
    if (result.interrupted) io.out(`interrupted: not all runs are compared; go on with "${call()}"\n`);
    else if (!apply) showNext(io, result, call({ apply: true }));
  }
  const { missing = 0, unclear = 0 } = result.counts;
  return result.interrupted || unclear > 0 || (missing > 0 && !apply) ? EXIT.finding : EXIT.ok;
}

const WORDS: Record<Verdict, string> = {
  known: 'have their event',
  waiting: 'have an event of an earlier reconcile that nobody has begun; its message may be lost',
  missing: 'have none',
  recent: 'ended a moment ago; their webhooks may be on the way',
  webhooks_off: 'belong to workflows that send no webhooks (--include-disabled takes them in)',
  unclear: 'are for a person: no end, or an event without one',
};

/** What a person may have to do something about. */
const SHOWN: readonly Verdict[] = ['waiting', 'missing', 'unclear'];
const isShown = ({ verdict }: ReconciledRun): boolean => SHOWN.includes(verdict);

function show(
  io: Io,
  { counts, runs: found, compared, since, until, resumed, extended_from }: Reconciled,
): void {
  if (resumed) io.out('went on where the last one was cut off\n');
  if (extended_from) io.out(`and compared what ended since, from ${extended_from} to ${until}\n`);
  io.out(`${compared} runs ended since ${since}\n`);
  for (const verdict of Object.keys(WORDS) as Verdict[]) {
    const count = counts[verdict] ?? 0;
    if (count > 0) io.out(`  ${String(count).padStart(6)}  ${WORDS[verdict]}\n`);
  }
  const rows = found.filter(isShown);
  if (rows.length === 0) return;
  io.out('\n');
  io.out(
    table(rows.slice(0, MOST_ROWS), [
      { title: 'ENDED', value: ({ ended_at }) => ago(io, ended_at) },
      { title: 'STATUS', value: ({ status }) => status },
      { title: 'RUN', value: ({ run_id }) => run_id },
      { title: 'WORKFLOW', value: ({ workflow_id }) => workflow_id },
      { title: 'NOW', value: ({ verdict, applied }) => (applied ?? verdict).replaceAll('_', ' ') },
    ]),
  );
  if (rows.length > MOST_ROWS) io.out(`… and ${rows.length - MOST_ROWS} more (--json shows all)\n`);
}

function showNext(io: Io, { counts, runs: found }: Reconciled, next: string): void {
  if (!found.some(isShown)) return;
  const { missing = 0, waiting = 0 } = counts;
  const what = missing > 0 ? 'queue what is missing' : 'queue again what waits';
  const then = missing + waiting > 0 ? `; next: ${what} with "${next}"` : '';
  io.out(io.color.dim(`nothing was changed${then}\n`));
}
