import { EXIT, type ExitCode, type StageCall, stageVerb, verbGroup } from '../cli/command.ts';
import type { Io } from '../cli/io.ts';
import { ago, hint, showResult, table, tinted } from '../cli/show.ts';
import { isEmpty, positive } from '../cli/values.ts';
import { commandLine } from '../stage/command-line.ts';
import { type DeadLetter, needsDecision } from './dead-letter.ts';
import { dropCommand } from './drop-command.ts';
import { type DlqOptions, readFilter, withDeadLetterFilter } from './filter.ts';
import { countHidden, type DeadLetterList, hiddenLine, listDeadLetters, unreadDepth } from './receive.ts';
import { redriveCommand } from './redrive-command.ts';

type ListOptions = DlqOptions & { limit: number };

const listCommand = stageVerb({
  name: 'list',
  description: 'lists dead letters with their reasons; exit code 1 if there are any',
  examples: ['dlq list', 'dlq list --stage prod --reason refused'],
  options: (command) =>
    withDeadLetterFilter(command).option(
      '--limit <count>',
      'maximum number of messages to show',
      positive,
      100,
    ),
  check: ({ io, options }) => readFilter(options, io.now()),
  run: list,
});

async function list(call: StageCall<ListOptions>): Promise<ExitCode> {
  const { io, stage, options } = call;
  const found = await listDeadLetters(stage, readFilter(options, io.now()), options.limit);
  const { messages, more } = found;
  const { value: hidden, unread } = await countHidden(stage);
  const next = messages.length > 0 ? nextStep(call, messages, more) : undefined;
  showResult(call, { letters: messages, more, hidden, unread: unread?.message, next }, () => {
    if (messages.length === 0) io.out('no dead letters found\n');
    else showTable(io, found);
    if (next) hint(io, `next: ${next}`);
    io.out(unread ? unreadDepth(unread) : hiddenLine(hidden));
  });
  return messages.length > 0 || hidden !== 0 ? EXIT.finding : EXIT.ok;
}

function showTable(io: Io, { messages, more }: DeadLetterList): void {
  io.out(
    table(io, messages, [
      { title: 'SENT', value: ({ sent_at }) => ago(io, sent_at) },
      { title: 'REASON', value: ({ reason }) => reason },
      { title: 'STANDING', value: ({ standing }) => tinted(io, standing) },
      { title: 'EVENT', value: ({ event_id = '-' }) => event_id },
      { title: 'RUN', value: ({ run_id, type = '-' }) => run_id ?? type },
      { title: 'NOTE', value: noteOf },
    ]),
  );
  if (more) hint(io, 'there are more: raise --limit to see them');
}

/** What to do about the messages that are shown; a redrive leaves the stuck ones where they are. */
function nextStep({ stage, given }: StageCall, messages: readonly DeadLetter[], more: boolean): string {
  const { limit: _limit, ...chosen } = given;
  const redrive = commandLine(stage.target, ['dlq', 'redrive'], isEmpty(chosen) ? { all: true } : chosen);
  const standings = new Set(messages.map(({ standing }) => standing));
  const undecided = messages.find(needsDecision);
  if (
    undecided &&
    !more &&
    messages.every((message) => message.standing !== 'open' || needsDecision(message))
  ) {
    const show = commandLine(stage.target, ['events', 'show', undecided.event_id ?? '']);
    return `decide what a redrive cannot find out: "${show}" says how (events settle)`;
  }
  if (standings.has('open') || more) return `fix the cause, then "${redrive}"`;
  if (standings.has('settled')) return `clear the settled ones with "${redrive}"`;
  const drop = commandLine(stage.target, ['dlq', 'drop'], { stuck: true });
  return `delete what cannot be redriven with "${drop}" to clear the alarm now; it expires after 14 days`;
}

const noteOf = ({ standing, reason, moved_by, state, message_id }: DeadLetter): string => {
  if (standing === 'stuck') return `cannot be redriven, message ${message_id}`;
  if (needsDecision({ standing, reason })) return 'needs a decision';
  if (standing === 'settled') return `its event is already ${state}`;
  return moved_by === 'receive_count' ? 'moved by SQS after too many receives' : '';
};

export const dlqCommand = verbGroup('dlq', 'the dead-letter queue: events that need a person', [
  listCommand,
  redriveCommand,
  dropCommand,
]);
