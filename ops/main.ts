import { existsSync, readFileSync } from 'node:fs';
import { Command, CommanderError } from 'commander';
import { type CommandFactory, type Connections, type Context, EXIT, type ExitCode } from './cli/command.ts';
import { type Io, processIo } from './cli/io.ts';
import { completionCommand } from './completion/command.ts';
import { consoleCommand } from './console/command.ts';
import { costCommand } from './cost/command.ts';
import { destroyCommand } from './destroy/command.ts';
import { dlqCommand } from './dlq/command.ts';
import { doctorCommand } from './doctor/command.ts';
import { BadArgumentError } from './errors.ts';
import { eventsCommand } from './events/command.ts';
import { logsCommand } from './logs/command.ts';
import { queuesCommand } from './queues/command.ts';
import { reconcileCommand } from './reconcile/command.ts';
import { rulesCommand } from './rules/command.ts';
import { apiKeyCommand, secretCommand } from './secrets/command.ts';
import { sendCommand } from './send/command.ts';
import { PROGRAM } from './stage/command-line.ts';
import { toOperatorError } from './stage/explain.ts';
import { placesOf } from './stage/faults.ts';
import { useNetworkOf } from './stage/network.ts';
import { typesCommand } from './types/command.ts';
import { verifyApiCommand } from './verify-api/command.ts';
import { workflowsCommand } from './workflows/command.ts';

/** All verbs, in the order in which a newcomer needs them. */
const VERBS: readonly CommandFactory[] = [
  doctorCommand,
  secretCommand,
  apiKeyCommand,
  sendCommand,
  eventsCommand,
  dlqCommand,
  queuesCommand,
  logsCommand,
  reconcileCommand,
  workflowsCommand,
  verifyApiCommand,
  typesCommand,
  rulesCommand,
  costCommand,
  destroyCommand,
  consoleCommand,
  completionCommand,
];

const FOOTER = `
Exit codes: 0 done, 1 done with a finding (something needs your attention), 2 usage error or failure.
Each verb has its own --help with examples.`;

/** With `json`, a usage error is not reported in words: the caller catches the CommanderError and reports it. */
export function createProgram(context: Context, { json = false } = {}): Command {
  const program = new Command('cyberdesk-webhooks')
    .version(versionOf(), '--version', 'prints the version')
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

/** Of this package, whether its sources run or what was built from them. */
function versionOf(): string {
  const [file] = ['../package.json', '../../package.json']
    .map((path) => new URL(path, import.meta.url))
    .filter((url) => existsSync(url));
  const { version }: { version: string } = JSON.parse(file ? readFileSync(file, 'utf8') : '{}');
  return version;
}

function forEach(command: Command, visit: (command: Command) => void): void {
  visit(command);
  for (const sub of command.commands) forEach(sub, visit);
}

const pathOf = (command: Command): string[] =>
  command.parent ? [...pathOf(command.parent), command.name()] : [];

/** Runs the command with what follows its name. Returns 0 done, 1 done with a finding, 2 usage error or failure. */
export async function main(
  argv: readonly string[],
  io: Io = processIo(),
  connections: Partial<Connections> = {},
): Promise<ExitCode> {
  const context: Context = { io, ...connections, exitCode: EXIT.ok };
  const json = argv.includes('--json');
  const program = createProgram(context, { json });
  try {
    useNetworkOf(process.env);
    await program.parseAsync([...argv], { from: 'user' });
    return context.exitCode;
  } catch (error) {
    if (!(error instanceof CommanderError)) report(io, error, json);
    else if (error.exitCode === 0) return EXIT.ok;
    // Without --json, commander has already reported it.
    else if (json) report(io, usageError(error), json);
    return EXIT.failure;
  }
}

const usageError = (error: CommanderError): BadArgumentError =>
  new BadArgumentError(error.message.replace(/^error: /, ''), { cause: error });

/** One line says what is wrong and what to do. DEBUG adds where it happened, and never what was answered. */
function report(io: Io, error: unknown, json: boolean): void {
  const { name, message } = toOperatorError(error);
  if (json) {
    io.err(`${JSON.stringify({ error: { name, message } })}\n`);
    return;
  }
  io.err(`${io.style('red', 'error:')} ${message}\n`);
  if (process.env.DEBUG) for (const line of placesOf(error)) io.err(`${line}\n`);
}
