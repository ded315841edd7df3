import { type AuditedCall, auditedVerb } from '../audit/verb.ts';
import { confirmChange } from '../cli/ask.ts';
import { type Call, EXIT, type ExitCode } from '../cli/command.ts';
import { hint, showResult } from '../cli/show.ts';
import { positive, uuid } from '../cli/values.ts';
import { BadArgumentError, inOneLine } from '../errors.ts';
import { commandLine } from '../stage/command-line.ts';
import { decidingInWords, resultOf, settleAction } from './settle.ts';

interface SettleOptions {
  action: number;
  run?: string;
  startAgain?: boolean;
  skip?: boolean;
}

export const settleCommand = auditedVerb<SettleOptions>({
  name: 'settle',
  description: 'records the outcome of an action that could not be determined, and reopens its event',
  examples: [
    'events settle 1f6d… --action 1 --run 2ee3…',
    'events settle 1f6d… --action 1 --start-again',
    'events settle 1f6d… --action 2 --skip',
  ],
  confirms: true,
  options: (command) =>
    command
      .argument('<event>', 'event id')
      .requiredOption(
        '--action <number>',
        'number of the action, as the timeline of the event shows it',
        positive,
      )
      .option('--run <id>', 'it was done: the run that it started (for a chain, the first)', uuid)
      .option('--start-again', 'it was not done: start it now (if it was done after all, it is done twice)')
      .option('--skip', 'it is no longer needed: finish the event without it'),
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
    throw new BadArgumentError('no decision was given', {
      next: 'give one of --run <id>, --start-again, --skip',
    });
  return choice;
}

const MEANINGS = {
  run: 'records a run as the result of',
  start_again: 'starts again, even if an earlier attempt has started it,',
  skip: 'skips',
};

async function decide(call: AuditedCall<SettleOptions>): Promise<ExitCode> {
  const { io, stage, options, args } = call;
  const [eventId = ''] = args;
  const choice = choiceOf(call);
  await confirmChange(call, `${MEANINGS[choice.kind]} action ${options.action} of event ${eventId}`);
  const deciding = { eventId, number: options.action, choice };
  const settled = await call.onRecord(
    decidingInWords(deciding),
    (audited) => settleAction(audited, deciding),
    resultOf,
  );
  showResult(call, settled, () => {
    io.out(`${inOneLine({ problem: settled.text, next: settled.next })}\n`);
    const show = commandLine(stage.target, ['events', 'show', eventId]);
    const clear = commandLine(stage.target, ['dlq', 'redrive', eventId]);
    if (settled.reopened)
      hint(io, `next: follow the event with "${show}", then delete its old dead letter with "${clear}"`);
  });
  return settled.outcome === 'settled' ? EXIT.ok : EXIT.finding;
}
