import { type AuditedCall, auditedVerb } from '../audit/verb.ts';
import { confirmChange } from '../cli/ask.ts';
import { type Call, EXIT, type ExitCode, type StageCall } from '../cli/command.ts';
import { plural } from '../cli/plural.ts';
import { interruptible, withProgress } from '../cli/progress.ts';
import { showResult } from '../cli/show.ts';
import { asDates } from '../cli/time.ts';
import { inWords, isEmpty, upTo1000 } from '../cli/values.ts';
import { BadArgumentError, UnknownEventError } from '../errors.ts';
import { commandLine } from '../stage/command-line.ts';
import { type FilterOptions, readFilter, withEventFilter } from './filter.ts';
import { noMatch } from './no-match.ts';
import { chooseEvents, type Replay, type Replayed, type ReplayOutcome, replayEvents } from './replay.ts';

const WORDS: [ReplayOutcome, string][] = [
  ['sent', 'sent again (it was unfinished)'],
  ['reopened', 'reopened (it had failed)'],
  ['undecided', 'left as it is: the outcome of an action is unknown, and a person has to decide'],
  ['replanned', 'rules asked again (what has already started is not repeated)'],
  ['unchanged', 'already processed: nothing to do (--replan asks the rules again)'],
  ['unasked', 'no rule was about its type: nothing to do (--replan asks the rules of today)'],
  ['copy', 'a copy: replay the event that owns its completion'],
  ['probe', 'a probe sent by doctor: it never starts anything'],
  ['never_acts', 'ignored or unprocessable: it never starts anything'],
];
const wordsOf = new Map(WORDS);

/** Above this, replays are counted instead of listed. */
const MOST_LISTED = 10;

type ReplayOptions = FilterOptions & { replan?: boolean; rate: number };

export const replayCommand = auditedVerb<ReplayOptions>({
  name: 'replay',
  description: 'processes events again; nothing is started twice',
  examples: [
    'events replay 1f6d…',
    'events replay --state failed --since 1d',
    'events replay 1f6d… --replan',
  ],
  confirms: true,
  options: (command) =>
    withEventFilter(command)
      .argument('[event...]', 'event ids; without any, all events that match the filters')
      .option('--replan', "ask today's rules again, and start what has no record yet")
      .option('--rate <per second>', 'maximum events per second', upTo1000, 10),
  check,
  run: replay,
});

/** @throws BadArgumentError */
function check({ io, options, args }: Call<ReplayOptions>): void {
  const hasFilter = !isEmpty(readFilter(options, io.now()));
  if (args.length === 0 && !hasFilter)
    throw new BadArgumentError('name event ids, or choose events with filters, e.g. --state failed');
  if (args.length > 0 && hasFilter) throw new BadArgumentError('give event ids or filters, not both');
}

async function replay(typed: AuditedCall<ReplayOptions>): Promise<ExitCode> {
  const call = { ...typed, given: asDates(typed.given, typed.io.now()) };
  const { io, stage, options, args } = call;
  const areTyped = args.length > 0;
  const ids = areTyped ? args : await chooseEvents(stage, readFilter(options, io.now()));
  if (ids.length === 0) return nothingToReplay(call);
  await confirmChange(call, `replays ${plural(ids.length, 'event')}`);
  const { result, interrupted } = await replayAll(call, ids);
  // Events that a filter chose may have expired since then; ids that were typed are reported.
  const unknown = areTyped ? result.unknown : [];
  if (unknown.length === ids.length && areTyped) {
    throw new UnknownEventError(`event ${unknown.join(', ')} does not exist in ${stage.stackName}`, {
      next: `see "${listOf(call)}"`,
    });
  }
  const { replays } = result;
  showResult(call, { replays, unknown, interrupted }, () => {
    for (const line of report(call, { ...result, unknown }, interrupted)) io.out(`${line}\n`);
  });
  return unknown.length > 0 || interrupted ? EXIT.finding : EXIT.ok;
}

/** Nothing is on record, as nothing is done. */
function nothingToReplay(call: AuditedCall<ReplayOptions>): ExitCode {
  const { io, stage, options } = call;
  showResult(call, { replays: [], unknown: [], interrupted: false }, () =>
    io.out(`${noMatch(stage, 'event', readFilter(options, io.now()))}\n`),
  );
  return EXIT.ok;
}

function replayAll(call: AuditedCall<ReplayOptions>, ids: readonly string[]) {
  const { io, options, args } = call;
  const { replan = false, rate, reason } = options;
  const chosen = args.length > 0 ? args.join(' ') : inWords(readFilter(options, io.now()), '');
  return call.onRecord(
    `${plural(ids.length, 'event')}: ${chosen}${replan ? ', replan' : ''}`,
    (stage) =>
      withProgress(call, (update) =>
        interruptible((signal) =>
          replayEvents(stage, ids, {
            ...{ replan, rate, signal },
            isOneOfMany: args.length === 0 && reason !== 'outcome_unknown',
            onDone: (_, count) => update(`${count} of ${ids.length}`),
          }),
        ),
      ),
    ({ result }) => countsOf(result.replays),
  );
}

/** `3 reopened, 1 unchanged` */
const countsOf = (replays: readonly Replay[]): string =>
  [...Map.groupBy(replays, ({ outcome }) => outcome)]
    .map(([outcome, all]) => `${all.length} ${outcome}`)
    .join(', ');

const listOf = ({ stage }: StageCall): string => commandLine(stage.target, ['events', 'list']);

function* report(call: StageCall, { replays, unknown, left }: Replayed, interrupted: boolean) {
  for (const id of unknown) yield `${id}: this event does not exist (see "${listOf(call)}")`;
  if (replays.length > 0) yield* outcomes(replays);
  if (!interrupted) return;
  if (left.length === 0) yield 'interrupted: no event is left';
  else {
    // Filters choose again: what is left, and events that have nothing to do any more.
    const words = ['events', 'replay', ...(call.args.length > 0 ? left : [])];
    const again = commandLine(call.stage.target, words, call.given);
    yield `interrupted, ${plural(left.length, 'event')} not replayed; continue with "${again}"`;
  }
}

function* outcomes(replays: readonly Replay[]): Generator<string> {
  if (replays.length > MOST_LISTED) {
    for (const [outcome, words] of WORDS) {
      const count = replays.filter((one) => one.outcome === outcome).length;
      if (count > 0) yield `${count} × ${words}`;
    }
    return;
  }
  for (const { event_id, outcome, duplicate_of } of replays) {
    const owner = duplicate_of === undefined ? '' : ` (${duplicate_of})`;
    yield `${event_id}: ${wordsOf.get(outcome)}${owner}`;
  }
}
