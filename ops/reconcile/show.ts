import type { StageCall } from '../cli/command.ts';
import { plural } from '../cli/plural.ts';
import { ago, hint, table } from '../cli/show.ts';
import { commandLine } from '../stage/command-line.ts';
import type { Verdict } from './judge.ts';
import type { Reconciled, ReconciledRun } from './types.ts';

const MOST_ROWS = 50;

const WORDS: [Verdict, string][] = [
  ['known', 'have their event'],
  ['waiting', 'have an event of an earlier reconcile that no worker has started on; its message may be lost'],
  ['missing', 'have no event'],
  ['recent', 'ended a moment ago; their webhooks may still arrive'],
  ['webhooks_off', 'belong to workflows that send no webhooks (--include-disabled includes them)'],
  ['unclear', 'need a person: no end, or an event without one'],
];

/** Runs that may need attention. */
const isShown = ({ verdict }: ReconciledRun): boolean =>
  verdict === 'waiting' || verdict === 'missing' || verdict === 'unclear';

export function showReconciled(
  call: StageCall<{ apply?: boolean; workflow?: string }>,
  result: Reconciled,
): void {
  const { io, options } = call;
  const { counts, compared, since, until, resumed, extended_from: from, interrupted } = result;
  if (resumed) io.out('continued where the last one was interrupted\n');
  if (from) io.out(`and compared what has ended since, from ${from} to ${until}\n`);
  io.out(`${plural(compared, 'run')} ended since ${since}\n`);
  if (compared === 0 && options.workflow !== undefined)
    io.out(`workflow ${options.workflow} had no such run, or its id is mistyped\n`);
  for (const [verdict, words] of WORDS) {
    const count = counts[verdict] ?? 0;
    if (count > 0) io.out(`  ${String(count).padStart(6)}  ${words}\n`);
  }
  const rows = result.runs.filter(isShown);
  if (rows.length > 0) showTable(call, rows);
  const next = nextStep(call, result);
  if (interrupted) io.out(`interrupted before all runs were compared; ${next}\n`);
  else if (!options.apply && rows.length > 0) hint(io, `nothing was changed${next ? `; next: ${next}` : ''}`);
}

function showTable({ io }: StageCall, rows: readonly ReconciledRun[]): void {
  io.out('\n');
  io.out(
    table(io, rows.slice(0, MOST_ROWS), [
      { title: 'ENDED', value: ({ ended_at }) => ago(io, ended_at) },
      { title: 'STATUS', value: ({ status }) => status },
      { title: 'RUN', value: ({ run_id }) => run_id },
      { title: 'WORKFLOW', value: ({ workflow_id }) => workflow_id },
      { title: 'NOW', value: ({ verdict, applied }) => (applied ?? verdict).replaceAll('_', ' ') },
    ]),
  );
  if (rows.length > MOST_ROWS) io.out(`… and ${rows.length - MOST_ROWS} more (--json shows all)\n`);
}

/** Undefined if there is nothing to do. */
export function nextStep(
  call: StageCall<{ apply?: boolean }>,
  { counts, interrupted }: Reconciled,
): string | undefined {
  if (interrupted) return `continue with "${again(call)}"`;
  const { missing = 0, waiting = 0 } = counts;
  if (call.options.apply || missing + waiting === 0) return undefined;
  const what = missing > 0 ? 'queue what is missing' : 'queue waiting events again';
  return `${what} with "${again(call, { apply: true })}"`;
}

function again({ stage, given }: StageCall, flags = {}): string {
  const { restart: _restart, ...rest } = given;
  return commandLine(stage.target, ['reconcile'], { ...rest, ...flags });
}
