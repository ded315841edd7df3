import { Command } from 'commander';
import type { Context } from './cli/command.ts';
import { PROGRAM } from './stage/command-line.ts';
import { completionCommand } from './verbs/completion.ts';
import { consoleCommand } from './verbs/console.ts';
import { costCommand } from './verbs/cost.ts';
import { destroyCommand } from './verbs/destroy.ts';
import { dlqCommand } from './verbs/dlq.ts';
import { doctorCommand } from './verbs/doctor.ts';
import { eventsCommand } from './verbs/events.ts';
import { queuesCommand } from './verbs/queues.ts';
import { reconcileCommand } from './verbs/reconcile.ts';
import { apiKeyCommand, secretCommand } from './verbs/secret.ts';
import { sendCommand } from './verbs/send.ts';

/**
 * All verbs, in the order in which a newcomer meets them.
 *
 * @param json wrong use is not told of in words: whoever catches the CommanderError reports it
 */
export function createProgram(context: Context, { json = false } = {}): Command {
  const program = new Command('cyberdesk-webhooks')
    .description('operates cyberdesk-webhooks: the local run and deployed stages alike')
    .addHelpText(
      'after',
      '\nExit codes: 0 done, 1 done with a finding (something needs you), 2 wrong use or failure.\nEach verb has its own --help with examples.',
    );
  const verbs = [
    doctorCommand(context),
    secretCommand(context),
    apiKeyCommand(context),
    sendCommand(context),
    eventsCommand(context),
    dlqCommand(context),
    queuesCommand(context),
    reconcileCommand(context),
    costCommand(context),
    destroyCommand(context),
    consoleCommand(context),
    completionCommand(context, () => program),
  ];
  for (const verb of verbs) program.addCommand(verb);
  const { io } = context;
  forEach(program, (command) => {
    command.exitOverride().configureOutput({ writeOut: io.out, writeErr: json ? () => undefined : io.err });
    command.showHelpAfterError(`(see "${[PROGRAM, ...pathOf(command)].join(' ')} --help")`);
  });
  return program;
}

function forEach(command: Command, visit: (command: Command) => void): void {
  visit(command);
  for (const sub of command.commands) forEach(sub, visit);
}

const pathOf = (command: Command): string[] =>
  command.parent ? [...pathOf(command.parent), command.name()] : [];
