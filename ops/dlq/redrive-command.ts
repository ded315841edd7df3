import { type AuditedCall, auditedVerb } from '../audit/verb.ts';
import { confirmChange } from '../cli/ask.ts';
import { type Call, EXIT, type ExitCode, type StageCall } from '../cli/command.ts';
import { plural } from '../cli/plural.ts';
import { interruptible, withProgress } from '../cli/progress.ts';
import { hint, showResult } from '../cli/show.ts';
import { inWords, isEmpty, upTo1000 } from '../cli/values.ts';
import { BadArgumentError, OperatorError } from '../errors.ts';
import { isNamed, noMatch } from '../events/no-match.ts';
import { type Depth, deadLetterDepth } from '../queues/depths.ts';
import type { AuditedStage } from '../stage/audited-stage.ts';
import { commandLine } from '../stage/command-line.ts';
import { toOperatorError } from '../stage/explain.ts';
import { readAfter } from '../stage/read-after.ts';
import type { Stage } from '../stage/stage.ts';
import { type DeadLetter, needsDecision } from './dead-letter.ts';
import { type DlqOptions, readFilter, withDeadLetterFilter } from './filter.ts';
import { hiddenLine, unreadDepth } from './receive.ts';
import { type Redriven, redriveDeadLetters, resultOf } from './redrive.ts';

type RedriveOptions = DlqOptions & { all?: boolean; rate: number };

export const redriveCommand = auditedVerb<RedriveOptions>({
  name: 'redrive',
  description:
    'sends dead letters back to the queue, which reopens their events; those that wait for a decision stay',
  examples: ['dlq redrive 1f6d…', 'dlq redrive --reason refused --stage prod', 'dlq redrive --all --rate 2'],
  confirms: true,
  options: (command) =>
    withDeadLetterFilter(command)
      .argument('[id]', 'event id or message id')
      .option('--all', 'all of them')
      .option('--rate <per second>', 'maximum messages per second', upTo1000, 10),
  check,
  run: redrive,
});

/** @throws BadArgumentError */
function check({ io, options, args: [id] }: Call<RedriveOptions>): void {
  const isAny = isEmpty({ ...readFilter(options, io.now()), id });
  if (isAny && !options.all) throw new BadArgumentError('name an event, choose with filters, or use --all');
  if (!isAny && options.all) throw new BadArgumentError('--all cannot be combined with an id or filters');
}

async function redrive(call: AuditedCall<RedriveOptions>): Promise<ExitCode> {
  const { io, stage, args } = call;
  const [id] = args;
  const before = (await deadLetterDepth(stage)).visible;
  // SQS counts are approximate: messages may move although it counts none.
  await confirmChange(
    call,
    id === undefined ? `redrives up to ${plural(before, 'dead letter')}` : `redrives ${id}`,
  );
  const { result, interrupted } = await move(call, before);
  const { value: depth, unread } = await readAfter(() => deadLetterDepth(stage));
  const hidden = depth?.in_flight ?? 0;
  if (id !== undefined && !interrupted) checkFound(call, result, hidden);
  const isNothing = isNamed(call.options) && isNone(result) && !interrupted;
  showResult(
    call,
    {
      ...result,
      hidden: depth?.in_flight,
      unread: unread?.message,
      interrupted,
      next: nextFor(stage, result.undecided),
    },
    () => {
      if (isNothing) io.out(`${noMatch(stage, 'dead letter', readFilter(call.options, io.now()))}\n`);
      else show(call, result);
      if (interrupted) io.out(`interrupted: ${leftLine(call, depth)}\n`);
      io.out(unread ? unreadDepth(unread) : hiddenLine(hidden));
    },
  );
  const isLeft = result.stuck.length + result.undecided.length > 0;
  return isLeft || depth?.in_flight !== 0 || interrupted ? EXIT.finding : EXIT.ok;
}

const again = ({ stage, args, given }: StageCall): string =>
  commandLine(stage.target, ['dlq', 'redrive', ...args], given);

/** @param depth undefined if it could not be read */
function leftLine(call: StageCall, depth: Depth | undefined): string {
  if (depth?.visible === 0) return 'no visible dead letter is left';
  const left = depth ? `about ${plural(depth.visible, 'dead letter')} left; ` : '';
  return `${left}continue with "${again(call)}"`;
}

/** Redrives. Interrupted by a signal, it puts back what it has taken and not moved. */
async function move(call: AuditedCall<RedriveOptions>, about: number) {
  const { io, options, args } = call;
  const filter = { ...readFilter(options, io.now()), id: args[0] };
  let count = 0;
  const redriveOn = (stage: AuditedStage) =>
    withProgress(call, (update) =>
      interruptible((signal) =>
        redriveDeadLetters(stage, {
          filter,
          rate: options.rate,
          signal,
          onMoved: (_, moved) => {
            count = moved;
            update(`${moved} of about ${about} redriven`);
          },
        }),
      ),
    );
  try {
    return await call.onRecord(inWords(filter, 'all dead letters'), redriveOn, ({ result }) =>
      resultOf(result),
    );
  } catch (error) {
    throw count === 0 ? error : new RedriveInterruptedError(error, count, again(call));
  }
}

class RedriveInterruptedError extends OperatorError {
  override name = 'RedriveCutOff';

  constructor(cause: unknown, moved: number, command: string) {
    const why = toOperatorError(cause).message;
    super(`${moved} redriven, the others remain dead letters; continue with "${command}"; ${why}`, { cause });
  }
}

const isNone = (result: Redriven): boolean =>
  Object.values(result).every((messages) => messages.length === 0);

/** @throws BadArgumentError if the one dead letter that was named was not found */
function checkFound({ stage, args: [id] }: StageCall, result: Redriven, hidden: number): void {
  if (!isNone(result)) return;
  const maybe = hidden > 0 ? `; ${hidden} are hidden, so try again in 10 minutes` : '';
  throw new BadArgumentError(`"${id}" is not in the dead-letter queue`, {
    next: `see "${commandLine(stage.target, ['dlq', 'list'])}"${maybe}`,
  });
}

function show({ io, stage }: StageCall, { redriven, settled, stuck, undecided }: Redriven): void {
  io.out(`${redriven.length} redriven\n`);
  if (settled.length > 0) io.out(`${settled.length} cleared: their events had continued without them\n`);
  for (const { message_id, reason } of stuck) io.out(`message ${message_id} cannot be redriven: ${reason}\n`);
  const list = commandLine(stage.target, ['events', 'list']);
  if (redriven.length > 0) hint(io, `next: see their outcome with "${list}"`);
  const [unknown] = redriven.filter(needsDecision);
  if (unknown) io.out(`${decisionLine(stage, unknown)}\n`);
  if (undecided.length > 0) {
    io.out(`${plural(undecided.length, 'event')} left out: the outcome of an action is unknown\n`);
    hint(io, `next: ${nextFor(stage, undecided)}`);
  }
}

/** How to decide about events that a redrive has left out. */
function nextFor({ target }: Stage, undecided: readonly DeadLetter[]): string | undefined {
  const [first] = undecided;
  if (first === undefined) return undefined;
  const { event_id = '' } = first;
  const settle = commandLine(target, ['events', 'settle', event_id], { action: 'N' });
  const show = commandLine(target, ['events', 'show', event_id]);
  const all = commandLine(target, ['dlq', 'list'], { reason: 'outcome_unknown' });
  const others = undecided.length > 1 ? `; the others: "${all}"` : '';
  return `decide with "${settle}"; "${show}" shows which action, and the possible answers${others}`;
}

/** Keeps people from redriving the same event over and over. */
function decisionLine({ target }: Stage, { event_id = '' }: DeadLetter): string {
  const show = commandLine(target, ['events', 'show', event_id]);
  return `outcome_unknown: a redrive only repeats the lookup. If it fails again, it needs your decision: "${show}" shows which one, and how to record it`;
}
