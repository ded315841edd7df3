import { Command } from 'commander';
import type { CommandFactory, Context } from './cli/command.ts';
import { completionCommand } from './completion/command.ts';
import { consoleCommand } from './console/command.ts';
import { costCommand } from './cost/command.ts';
import { destroyCommand } from './destroy/command.ts';
import { dlqCommand } from './dlq/command.ts';
import { doctorCommand } from './doctor/command.ts';
import { eventsCommand } from './events/command.ts';
import { queuesCommand } from './queues/command.ts';
import { reconcileCommand } from './reconcile/command.ts';
import { apiKeyCommand, secretCommand } from './secrets/command.ts';
import { sendCommand } from './send/command.ts';
import { PROGRAM } from './stage/command-line.ts';

/** All verbs, in the order in which a newcomer needs them. */
const VERBS: readonly CommandFactory[] = [
  doctorCommand,
  secretCommand,
  apiKeyCommand,
  sendCommand,
  eventsCommand,
  dlqCommand,
  queuesCommand,
  reconcileCommand,
  costCommand,
  destroyCommand,
  consoleCommand,
  completionCommand,
];

const FOOTER = `
Exit codes: 0 done, 1 done with a finding (something needs you), 2 wrong use or failure.
Each verb has its own --help with examples.`;

/**
 * The command with all of its verbs.
 *
 * @param json wrong use is not reported in words: the caller catches the CommanderError and reports it
 */
export function createProgram(context: Context, { json = false } = {}): Command {
  const program = new Command('cyberdesk-webhooks')
    .description('operates cyberdesk-webhooks: the local run and deployed stages alike')
    .addHelpText('after', FOOTER);
  for (const verb of VERBS) program.addCommand(verb(context));
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
