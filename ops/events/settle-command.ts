import { confirmChange } from '../cli/ask.ts';
import { type Call, EXIT, type ExitCode, type StageCall, stageVerb } from '../cli/command.ts';
import { hint, showResult } from '../cli/show.ts';
import { positive, uuid } from '../cli/values.ts';
import { BadArgumentError, inOneLine } from '../errors.ts';
import { commandLine } from '../stage/command-line.ts';
import { settleAction } from './settle.ts';

interface SettleOptions {
  action: number;
  run?: string;
  startAgain?: boolean;
  skip?: boolean;
}

export const settleCommand = stageVerb<SettleOptions>({
  name: 'settle',
  description: 'decides what became of an action whose outcome is unknown, and reopens its event',
  examples: [
    'events settle 1f6d… --action 1 --run 2ee31ba7-271e-4c3d-9921-8c722f6993ff',
    'events settle 1f6d… --action 1 --start-again --stage prod',
    'events settle 1f6d… --action 2 --skip',
  ],
  confirms: true,
  options: (command) =>
    command
      .argument('<event>', 'event id')
      .requiredOption('--action <number>', 'which action: its number in the timeline of the event', positive)
      .option('--run <id>', 'it is done: this is the run that it started (of a chain, its first)', uuid)
      .option('--start-again', 'it was not done: do it now. If it was, it is done twice')
      .option('--skip', 'leave it out: the event is finished without it'),
  check: choiceOf,
  run: decide,
});

/** @throws BadArgumentError */
function choiceOf({ options: { run, startAgain, skip } }: Call<SettleOptions>) {
  const choices = [
    ...(run === undefined ? [] : [{ kind: 'run' as const, runId: run }]),
    ...(startAgain ? [{ kind: 'start_again' as const }] : []),
    ...(skip ? [{ kind: 'skip' as const }] : []),
  ];
  const [choice, another] = choices;
  if (choice === undefined || another !== undefined)
    throw new BadArgumentError('say what is to be done', {
      next: 'give one of --run <id>, --start-again, --skip',
    });
  return choice;
}

const MEANINGS = {
  run: 'takes a run as the result of',
  start_again: 'starts again, even if an earlier attempt has started it,',
  skip: 'leaves out',
};

async function decide(call: StageCall<SettleOptions>): Promise<ExitCode> {
  const { io, stage, options, args } = call;
  const [eventId = ''] = args;
  const choice = choiceOf(call);
  await confirmChange(call, `${MEANINGS[choice.kind]} action ${options.action} of event ${eventId}`);
  const settled = await settleAction(stage, { eventId, number: options.action, choice });
  showResult(call, settled, () => {
    io.out(`${inOneLine({ problem: settled.text, next: settled.next })}\n`);
    const show = commandLine(stage.target, ['events', 'show', eventId]);
    const clear = commandLine(stage.target, ['dlq', 'redrive', eventId]);
    if (settled.reopened)
      hint(io, `next: see what becomes of it with "${show}", then clear its old dead letter with "${clear}"`);
  });
  return settled.outcome === 'settled' ? EXIT.ok : EXIT.finding;
}
