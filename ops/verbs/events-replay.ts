import type { Command } from 'commander';
import { confirmChange } from '../cli/ask.ts';
import { type Context, changes, EXIT, runs, verb } from '../cli/command.ts';
import { interruptible } from '../cli/interruptible.ts';
import { progress } from '../cli/progress.ts';
import { showJson } from '../cli/show.ts';
import { BadArgumentError, UnknownEventError } from '../errors.ts';
import type { Replay, ReplayOutcome } from '../events/replay.ts';
import { chooseEvents, replayEvents } from '../events/replay-many.ts';
import { commandLine } from '../stage/command-line.ts';
import { type FilterOptions, filters, isEmpty, rate, readFilter } from './filter-options.ts';

const WORDS: Record<ReplayOutcome, string> = {
  sent: 'sent again (it was unfinished)',
  reopened: 'reopened (it had failed)',
  replanned: 'rules asked again (what has started stays as it is)',
  unchanged: 'already processed: nothing to do (--replan asks the rules again)',
  copy: 'a copy: the event that owns its completion is the one to replay',
  probe: 'a probe of the doctor: it starts nothing, replayed or not',
  never_acts: 'ignored or unprocessable: it never starts anything',
};

/** `events replay` */
export function replayCommand(context: Context): Command {
  const command = changes(
    filters(
      verb('replay', 'takes events up again; nothing that has started starts twice', [
        'events replay 1f6d…',
        'events replay --state failed --since 1d --stage prod',
        'events replay 1f6d… --replan',
      ]),
    ),
  )
    .argument('[event...]', 'event ids; none: the events that the filters choose')
    .option('--replan', "ask today's rules again, and start what has no record yet")
    .option('--rate <per second>', 'most events per second', rate, 10);
  return runs<FilterOptions & { replan?: boolean; rate: number }>(
    context,
    command,
    async ({ io, stage, options, given, args }) => {
      const filter = readFilter(options, io.now());
      const ids = args.length > 0 ? args : await chooseEvents(stage, filter);
      if (ids.length > 0)
        await confirmChange(io, stage, `replays ${ids.length} event(s)`, options.yes ?? false);
      const line = progress(io, !options.json);
      const { replan = false, rate: perSecond } = options;
      const { result, interrupted } = await interruptible((signal) =>
        replayEvents(stage, ids, {
          replan,
          rate: perSecond,
          signal,
          onDone: (_, count) => line.update(`${count} of ${ids.length}`),
        }),
      ).finally(() => line.done());
      const { replays, unknown, left } = result;
      const list = commandLine(stage.target, ['events', 'list']);
      // What filters chose may have expired since; what somebody named is missed.
      const missed = args.length > 0 ? unknown : [];
      if (missed.length === ids.length && missed.length > 0)
        throw new UnknownEventError(`there is no event ${missed.join(', ')} in ${stage.stackName}: see "${list}"`);
      if (options.json) showJson(io, { replays, unknown: missed, interrupted });
      else {
        if (!interrupted || replays.length + missed.length > 0)
          for (const text of report(replays, missed, list)) io.out(`${text}\n`);
        // What filters choose then is what is left of it, and what has nothing to do any more.
        const words = ['events', 'replay', ...(args.length > 0 ? left : [])];
        if (interrupted) io.out(`${rest(left.length, commandLine(stage.target, words, given))}\n`);
      }
      return missed.length > 0 || interrupted ? EXIT.finding : EXIT.ok;
    },
    ({ io, options, args }) => {
      const none = isEmpty(readFilter(options, io.now()));
      if (args.length === 0 && none)
        throw new BadArgumentError('name event ids, or choose events with filters, as in --state failed');
      if (args.length > 0 && !none) throw new BadArgumentError('give event ids or filters, not both');
    },
  );
}

const rest = (count: number, again: string): string =>
  count === 0
    ? 'interrupted: no event is left'
    : `interrupted: ${count} event(s) were not taken up; go on with "${again}"`;

function* report(replays: readonly Replay[], missed: readonly string[], list: string): Generator<string> {
  for (const id of missed) yield `${id}: there is no such event (see "${list}")`;
  if (replays.length + missed.length === 0) yield 'no events match: nothing was done';
  if (replays.length <= 10) {
    for (const { event_id, outcome, duplicate_of } of replays) {
      yield `${event_id}: ${WORDS[outcome]}${duplicate_of === undefined ? '' : ` (${duplicate_of})`}`;
    }
    return;
  }
  for (const outcome of Object.keys(WORDS) as ReplayOutcome[]) {
    const count = replays.filter((replay) => replay.outcome === outcome).length;
    if (count > 0) yield `${count} × ${WORDS[outcome]}`;
  }
}
