import type { Command } from 'commander';
import { confirmChange } from '../cli/ask.ts';
import { type Call, type Context, changes, EXIT, type ExitCode, runs, verb } from '../cli/command.ts';
import { interruptible } from '../cli/interruptible.ts';
import type { Io } from '../cli/io.ts';
import { progress } from '../cli/progress.ts';
import { showJson } from '../cli/show.ts';
import { type Redriven, redriveDeadLetters } from '../dlq/redrive.ts';
import { BadArgumentError, OperatorError } from '../errors.ts';
import { queueDepths } from '../queues/depths.ts';
import { commandLine } from '../stage/command-line.ts';
import { explain } from '../stage/explain.ts';
import { describeFault } from '../stage/faults.ts';
import type { Stage } from '../stage/stage.ts';
import { type DlqOptions, filters, hiddenLine, readFilter } from './dlq-options.ts';
import { isEmpty, rate } from './filter-options.ts';

interface RedriveVerbOptions extends DlqOptions {
  all?: boolean;
  rate: number;
}

/** `dlq redrive` */
export function redriveCommand(context: Context): Command {
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
  return runs<RedriveVerbOptions>(context, command, redrive, ({ io, options, args: [id] }) => {
    const isAny = isEmpty({ ...readFilter(options, io.now()), id });
    if (isAny && !options.all) throw new BadArgumentError('name an event, choose with filters, or say --all');
    if (!isAny && options.all) throw new BadArgumentError('--all goes with neither an id nor filters');
  });
}

async function redrive(call: Call<RedriveVerbOptions>): Promise<ExitCode> {
  const { io, stage, options, given, args } = call;
  const [id] = args;
  const { dlq } = await queueDepths(stage);
  const what = id === undefined ? `redrives up to ${dlq.visible} dead letter(s)` : `redrives ${id}`;
  // SQS counts are approximate: messages may move at a count of none.
  await confirmChange(io, stage, what, options.yes ?? false);
  const again = commandLine(stage.target, ['dlq', 'redrive', ...args], given);
  const { result, interrupted } = await move(call, dlq.visible, again);
  const { redriven, settled, stuck } = result;
  const { visible, in_flight: hidden } = (await queueDepths(stage)).dlq;
  const nothing = redriven.length + settled.length + stuck.length === 0;
  if (nothing && id !== undefined && !interrupted) {
    const maybe = hidden > 0 ? `; ${hidden} are hidden, so try again in 10 minutes` : '';
    throw new BadArgumentError(
      `"${id}" is not in the dead-letter queue: see "${commandLine(stage.target, ['dlq', 'list'])}"${maybe}`,
    );
  }
  if (options.json) showJson(io, { ...result, hidden, interrupted });
  else {
    show(io, stage, result);
    if (interrupted) {
      const left = `about ${visible} dead letter(s) are still there; go on with "${again}"`;
      io.out(`interrupted: ${visible === 0 ? 'no dead letter is left to be seen' : left}\n`);
    }
    io.out(hiddenLine(hidden));
  }
  return stuck.length > 0 || hidden > 0 || interrupted ? EXIT.finding : EXIT.ok;
}

/** Ended by a signal, it puts back what it has taken and not moved. */
async function move(
  { io, stage, options, args: [id] }: Call<RedriveVerbOptions>,
  about: number,
  again: string,
): Promise<{ result: Redriven; interrupted: boolean }> {
  const line = progress(io, !options.json);
  let count = 0;
  try {
    return await interruptible((signal) =>
      redriveDeadLetters(stage, {
        filter: { ...readFilter(options, io.now()), id },
        rate: options.rate,
        signal,
        onMoved: (_, moved) => {
          count = moved;
          line.update(`${moved} of about ${about} redriven`);
        },
      }),
    );
  } catch (error) {
    throw count === 0 ? error : new RedriveInterruptedError(error, count, again);
  } finally {
    line.done();
  }
}

/** A redrive could not go on. */
class RedriveInterruptedError extends OperatorError {
  override name = 'RedriveCutOff';

  constructor(cause: unknown, moved: number, again: string) {
    const explained = explain(cause);
    const why = explained instanceof OperatorError ? explained.message : describeFault(explained);
    super(`${moved} redriven, the others stay dead letters; go on with "${again}"; ${why}`, { cause });
  }
}

function show(io: Io, stage: Stage, { redriven, settled, stuck }: Redriven): void {
  io.out(`${redriven.length} redriven\n`);
  if (settled.length > 0) io.out(`${settled.length} cleared away: their events had gone on without them\n`);
  for (const { message_id, reason } of stuck) io.out(`message ${message_id} stays: ${reason}\n`);
  const list = commandLine(stage.target, ['events', 'list']);
  if (redriven.length > 0) io.out(io.color.dim(`next: see what became of them with "${list}"\n`));
}
