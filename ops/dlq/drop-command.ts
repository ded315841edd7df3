import { type AuditedCall, auditedVerb } from '../audit/verb.ts';
import { confirmChange } from '../cli/ask.ts';
import { type Call, EXIT, type ExitCode } from '../cli/command.ts';
import { showResult } from '../cli/show.ts';
import { BadArgumentError } from '../errors.ts';
import { commandLine } from '../stage/command-line.ts';
import { dropDeadLetters } from './drop.ts';

interface DropOptions {
  stuck?: boolean;
}

export const dropCommand = auditedVerb<DropOptions>({
  name: 'drop',
  description: 'deletes messages that can never be redriven, as this service did not send them',
  examples: ['dlq drop 9a3c…', 'dlq drop --stuck'],
  confirms: true,
  options: (command) =>
    command
      .argument('[id]', 'message id, or the id of an event that no longer exists')
      .option('--stuck', 'all of them'),
  check,
  run: drop,
});

/** @throws BadArgumentError */
function check({ options, args: [id] }: Call<DropOptions>): void {
  if ((id === undefined) === !options.stuck)
    throw new BadArgumentError('name one message, or use --stuck for all that cannot be redriven');
}

async function drop(call: AuditedCall<DropOptions>): Promise<ExitCode> {
  const { io, stage, args } = call;
  const [id] = args;
  await confirmChange(
    call,
    id === undefined ? 'deletes all messages that cannot be redriven' : `deletes ${id}`,
  );
  const result = await call.onRecord(
    id ?? 'all stuck dead letters',
    (audited) => dropDeadLetters(audited, id),
    ({ dropped, refused }) => `${dropped.length} deleted, ${refused.length} refused`,
  );
  const [refused] = result.refused;
  const list = commandLine(stage.target, ['dlq', 'list']);
  if (refused)
    throw new BadArgumentError(`"${id}" stands for an event (${refused.standing}) and is not deleted`, {
      next: `redrive it with "${commandLine(stage.target, ['dlq', 'redrive', String(id)])}"`,
    });
  if (id !== undefined && result.dropped.length === 0)
    throw new BadArgumentError(`"${id}" is not in the dead-letter queue`, { next: `see "${list}"` });
  showResult(call, { dropped: result.dropped }, () => io.out(`${result.dropped.length} deleted\n`));
  return EXIT.ok;
}
