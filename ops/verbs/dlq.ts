import { Command } from 'commander';
import { type Call, type Context, EXIT, type ExitCode, runs, verb } from '../cli/command.ts';
import { ago, showJson, tinted } from '../cli/show.ts';
import { table } from '../cli/table.ts';
import type { DeadLetter } from '../dlq/dead-letter.ts';
import { countHidden } from '../dlq/hidden.ts';
import { listDeadLetters } from '../dlq/list.ts';
import { commandLine, type Flags } from '../stage/command-line.ts';
import type { Stage } from '../stage/stage.ts';
import { type DlqOptions, filters, hiddenLine, readFilter } from './dlq-options.ts';
import { redriveCommand } from './dlq-redrive.ts';
import { isEmpty, positive } from './filter-options.ts';

/** `dlq list | redrive` */
export function dlqCommand(context: Context): Command {
  return new Command('dlq')
    .description('events that need a person: the dead-letter queue')
    .addCommand(listCommand(context))
    .addCommand(redriveCommand(context));
}

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
    io.out(io.color.dim(`${nextStep(stage, letters, more, given)}\n`));
  }
  if (!options.json) io.out(hiddenLine(hidden));
  return letters.length > 0 || hidden > 0 ? EXIT.finding : EXIT.ok;
}

/** What helps those that are shown; a redrive leaves the stuck ones where they are. */
function nextStep(
  stage: Stage,
  letters: readonly DeadLetter[],
  more: boolean,
  { limit: _limit, ...chosen }: Flags,
): string {
  const redrive = commandLine(stage.target, ['dlq', 'redrive'], isEmpty(chosen) ? { all: true } : chosen);
  const standings = new Set(letters.map(({ standing }) => standing));
  if (standings.has('open') || more) return `next: mend the cause, then "${redrive}"`;
  if (standings.has('settled')) return `next: clear away what is settled with "${redrive}"`;
  return 'no redrive helps: they expire 14 days after they were sent, or delete them in the SQS console';
}

const noteOf = ({ standing, moved_by, state, message_id }: DeadLetter): string => {
  if (standing === 'stuck') return `not redrivable, message ${message_id}`;
  if (standing === 'settled') return `its event went on: ${state}`;
  return moved_by === 'receive_count' ? 'moved by SQS after too many receives' : '';
};
