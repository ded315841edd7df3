import { DAY } from '../../lambda/core/model/index.ts';
import { type AuditedCall, auditedVerb } from '../audit/verb.ts';
import { confirmChange } from '../cli/ask.ts';
import { type Call, EXIT, type ExitCode, type StageCall } from '../cli/command.ts';
import { interruptible, warn, withProgress } from '../cli/progress.ts';
import { showResult } from '../cli/show.ts';
import { isoTime, parseDuration, parseSince, parseSpan, type SpanOptions } from '../cli/time.ts';
import { inWords, upTo1000, uuid } from '../cli/values.ts';
import { BadArgumentError } from '../errors.ts';
import type { AuditedStage } from '../stage/audited-stage.ts';
import { Bookmarks } from './bookmark.ts';
import { reconcile } from './reconcile.ts';
import { nextStep, showReconciled } from './show.ts';
import type { Reconciled } from './types.ts';

interface ReconcileOptions extends SpanOptions {
  since: string;
  apply?: boolean;
  workflow?: string;
  includeDisabled?: boolean;
  lookback: string;
  grace: string;
  rate: number;
  restart?: boolean;
}

/** All runs since then are read, a thousand at a time. Days. */
const LONGEST_LOOKBACK = 365;

export const reconcileCommand = auditedVerb<ReconcileOptions>({
  name: 'reconcile',
  description: 'finds runs that ended at Cyberdesk without an event here; exit code 1 if any are missing',
  examples: ['reconcile --stage prod', 'reconcile --since 2026-11-20 --apply'],
  confirms: true,
  options: (command) =>
    command
      .option('--since <time>', 'runs that ended since: 2h (ago), 2026-11-25 or 2026-11-25T10:00:00Z', '2d')
      .option('--until <time>', 'runs that ended before (default: now)')
      .option('--apply', 'store and queue what is missing')
      .option('--workflow <id>', 'only runs of this workflow', uuid)
      .option('--include-disabled', 'also runs of workflows that send no webhooks (is_webhooks_enabled)')
      .option(
        '--lookback <duration>',
        `how long before --since a run may have been created (at most ${LONGEST_LOOKBACK}d)`,
        '30d',
      )
      .option('--grace <duration>', 'a run that ended this recently does not count as missing yet', '15m')
      .option('--rate <per second>', 'maximum events per second', upTo1000, 10)
      .option('--restart', 'start over, even if a reconcile of the last day was interrupted'),
  check,
  run,
});

/** @throws BadArgumentError */
function check({ io, options }: Call<ReconcileOptions>): void {
  parseSpan(options, io.now());
  parseDuration(options.grace, '--grace');
  if (parseDuration(options.lookback, '--lookback') <= LONGEST_LOOKBACK * DAY) return;
  throw new BadArgumentError(`--lookback "${options.lookback}" is too long`, {
    next: `give at most ${LONGEST_LOOKBACK}d`,
  });
}

async function run(call: AuditedCall<ReconcileOptions>): Promise<ExitCode> {
  const { apply = false, restart } = call.options;
  const bookmarks = bookmarksOf(call);
  if (restart) await bookmarks.remove();
  if (apply) await confirmChange(call, 'queues events for runs that have none');
  const result = await (apply
    ? call.onRecord(targetOf(call), (audited) => compare(call, bookmarks, audited), appliedIn)
    : compare(call, bookmarks));
  showResult(call, { ...result, next: nextStep(call, result) }, () => showReconciled(call, result));
  const { missing = 0, unclear = 0 } = result.counts;
  return result.interrupted || unclear > 0 || (missing > 0 && !apply) ? EXIT.finding : EXIT.ok;
}

/** Bookmarks of this question: of its stage, and of all options that change which runs are compared. */
function bookmarksOf({ io, stage, options }: StageCall<ReconcileOptions>): Bookmarks {
  const { since, until, apply = false, workflow, includeDisabled = false, lookback } = options;
  const place = [stage.stackName, stage.region, stage.outputs.installation];
  const question = [...place, since, until, workflow, includeDisabled, lookback, apply];
  return new Bookmarks(question, undefined, (text) => warn(io, text));
}

const targetOf = ({ io, options: { workflow, ...span } }: StageCall<ReconcileOptions>): string =>
  `runs without an event: ${inWords({ ...parseSpan(span, io.now()), workflow }, '')}`;

const appliedIn = ({ runs }: Reconciled): string =>
  `${runs.filter(({ applied = '' }) => APPLIED.includes(applied)).length} queued`;

const APPLIED = ['enqueued', 'queued_again'];

async function compare(
  call: StageCall<ReconcileOptions>,
  bookmarks: Bookmarks,
  apply?: AuditedStage,
): Promise<Reconciled> {
  const { io, stage, options } = call;
  const { result } = await withProgress(call, (update) =>
    interruptible((signal) =>
      reconcile(stage, {
        ...parseSpan(options, io.now()),
        since: parseSince(options.since, '--since', io.now()),
        apply,
        workflow: options.workflow,
        includeDisabled: options.includeDisabled ?? false,
        lookback: parseDuration(options.lookback, '--lookback'),
        grace: parseDuration(options.grace, '--grace'),
        rate: options.rate,
        bookmarks,
        signal,
        onProgress: (compared, upTo) =>
          update(`${compared} runs compared, up to ${isoTime(upTo).slice(0, 16)}`),
      }),
    ),
  );
  return result;
}
