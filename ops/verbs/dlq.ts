import { Command } from 'commander';
import { confirmChange } from '../cli/ask.ts';
import { type Call, type Context, changes, EXIT, type ExitCode, runs, verb } from '../cli/command.ts';
import { progress } from '../cli/progress.ts';
import { ago, showJson, tinted } from '../cli/show.ts';
import { table } from '../cli/table.ts';
import { parseSince } from '../cli/time.ts';
import type { DeadLetter } from '../dlq/dead-letter.ts';
import type { DeadLetterFilter } from '../dlq/filter.ts';
import { countHidden } from '../dlq/hidden.ts';
import { listDeadLetters } from '../dlq/list.ts';
import { redriveDeadLetters } from '../dlq/redrive.ts';
import { BadArgument } from '../errors.ts';
import { queueDepths } from '../queues/depths.ts';
import { commandLine } from '../stage/command-line.ts';
import { isEmpty, positive, rate } from './filter-options.ts';

interface DlqOptions {
  reason?: string;
  workflow?: string;
  status?: string;
  run?: string;
  since?: string;
}

/** `dlq list | redrive` */
export function dlqCommand(context: Context): Command {
  return new Command('dlq')
    .description('events that need a person: the dead-letter queue')
    .addCommand(listCommand(context))
    .addCommand(redriveCommand(context));
}

const filters = (command: Command): Command =>
  command
    .option('--reason <code>', 'reason code, as in "refused"')
    .option('--workflow <id>', 'workflow of the run')
    .option('--status <status>', 'status of the run')
    .option('--run <id>', 'run id')
    .option('--since <time>', 'sent there since: 2h (ago), 2026-11-25 or 2026-11-25T10:00:00Z');

const readFilter = ({ reason, workflow, status, run, since }: DlqOptions, now: number): DeadLetterFilter => ({
  reason,
  workflow,
  status,
  run,
  since: since === undefined ? undefined : parseSince(since, '--since', now),
});

type ListOptions = DlqOptions & { limit: number };

function listCommand(context: Context): Command {
  const command = filters(
    verb('list', 'lists dead letters with their reasons; exit code 1 when there are any', [
      'dlq list',
      'dlq list --stage prod --reason refused',
    ]),
  ).option('--limit <count>', 'most messages to show', positive, 100);
  return runs<ListOptions>(context, command, list, ({ io, options }) => {
    readFilter(options, io.now());
  });
}

async function list({ io, stage, options, given }: Call<ListOptions>): Promise<ExitCode> {
  const { letters, more } = await listDeadLetters(stage, readFilter(options, io.now()), options.limit);
  const hidden = await countHidden(stage);
  if (options.json) showJson(io, { letters, more, hidden });
  else if (letters.length === 0) io.out('no dead letters that match\n');
  else {
    io.out(
      table<DeadLetter>(letters, [
        { title: 'SENT', value: ({ sent_at }) => ago(io, sent_at) },
        { title: 'REASON', value: ({ reason }) => reason },
        { title: 'STANDING', value: ({ standing }) => tinted(io, standing) },
        { title: 'EVENT', value: ({ event_id = '-' }) => event_id },
        { title: 'RUN', value: ({ run_id = '-' }) => run_id },
        { title: 'NOTE', value: noteOf },
      ]),
    );
    if (more) io.out(io.color.dim('there are more: --limit shows them\n'));
    const { limit: _limit, ...chosen } = given;
    const redrive = commandLine(stage.target, ['dlq', 'redrive'], isEmpty(chosen) ? { all: true } : chosen);
    io.out(io.color.dim(`next: mend the cause, then "${redrive}"\n`));
  }
  if (!options.json) io.out(hiddenLine(hidden));
  return letters.length > 0 || hidden > 0 ? EXIT.finding : EXIT.ok;
}

const hiddenLine = (hidden: number): string =>
  hidden > 0
    ? `${hidden} more are hidden: another list or redrive is at work, or was cut off; look again in 10 minutes\n`
    : '';

const noteOf = ({ standing, moved_by, state, message_id }: DeadLetter): string => {
  if (standing === 'stuck') return `not redrivable, message ${message_id}`;
  if (standing === 'settled') return `its event went on: ${state}`;
  return moved_by === 'receive_count' ? 'moved by SQS after too many receives' : '';
};

function redriveCommand(context: Context): Command {
  const command = changes(
    filters(
      verb('redrive', 'sends dead letters back to the queue, and reopens their events', [
        'dlq redrive 1f6d…',
        'dlq redrive --reason refused --stage prod',
        'dlq redrive --all --rate 2',
      ]),
    ),
  )
    .argument('[id]', 'event id or message id')
    .option('--all', 'all of them')
    .option('--rate <per second>', 'most messages per second', rate, 10);
  return runs<DlqOptions & { all?: boolean; rate: number }>(
    context,
    command,
    async ({ io, stage, options, args: [id] }) => {
      const filter = { ...readFilter(options, io.now()), id };
      const { dlq } = await queueDepths(stage);
      const what = id === undefined ? `redrives up to ${dlq.visible} dead letter(s)` : `redrives ${id}`;
      // SQS counts are approximate: messages may move at a count of none.
      await confirmChange(io, stage, what, options.yes ?? false);
      const line = progress(io, !options.json);
      const stop = new AbortController();
      const onSignal = () => stop.abort();
      // Ended in order, it puts back what it has taken and not moved; a second signal ends it at once.
      process.once('SIGINT', onSignal).once('SIGTERM', onSignal);
      const result = await redriveDeadLetters(stage, {
        filter,
        rate: options.rate,
        signal: stop.signal,
        onMoved: (_, moved) => line.update(`${moved} of about ${dlq.visible} redriven`),
      }).finally(() => {
        line.done();
        process.off('SIGINT', onSignal).off('SIGTERM', onSignal);
      });
      const { redriven, settled, stuck } = result;
      const hidden = await countHidden(stage);
      const nothing = redriven.length + settled.length + stuck.length === 0;
      if (nothing && id !== undefined) {
        const maybe = hidden > 0 ? `; ${hidden} are hidden, so try again in 10 minutes` : '';
        throw new BadArgument(
          `"${id}" is not in the dead-letter queue: see "${commandLine(stage.target, ['dlq', 'list'])}"${maybe}`,
        );
      }
      if (options.json) showJson(io, { ...result, hidden });
      else {
        io.out(`${redriven.length} redriven\n`);
        if (settled.length > 0)
          io.out(`${settled.length} cleared away: their events had gone on without them\n`);
        for (const { message_id, reason } of stuck) io.out(`message ${message_id} stays: ${reason}\n`);
        const list = commandLine(stage.target, ['events', 'list']);
        if (redriven.length > 0) io.out(io.color.dim(`next: see what became of them with "${list}"\n`));
        io.out(hiddenLine(hidden));
      }
      return stuck.length > 0 || hidden > 0 || stop.signal.aborted ? EXIT.finding : EXIT.ok;
    },
    ({ io, options, args: [id] }) => {
      const isAny = isEmpty({ ...readFilter(options, io.now()), id });
      if (isAny && !options.all) throw new BadArgument('name an event, choose with filters, or say --all');
      if (!isAny && options.all) throw new BadArgument('--all goes with neither an id nor filters');
    },
  );
}
