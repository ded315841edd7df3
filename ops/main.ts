import { Command, CommanderError } from 'commander';
import {
  type CommandFactory,
  type Connections,
  type Context,
  EXIT,
  type ExitCode,
  pathOf,
  usageError,
} from './cli/command.ts';
import { type Io, processIo } from './cli/io.ts';
import { versionOf } from './cli/version.ts';
import { PROGRAM } from './stage/command-line.ts';

/** Name, what the list of verbs says of it, and the verb itself, which is loaded when it is called. */
type Entry = readonly [
  name: string,
  summary: string,
  load: (argv: readonly string[]) => Promise<CommandFactory>,
];

/** All verbs, in the order in which a newcomer needs them. */
const VERBS: readonly Entry[] = [
  [
    'doctor',
    'checks every part of a stage, and says what to do next',
    async () => (await import('./doctor/command.ts')).doctorCommand,
  ],
  [
    'secret',
    'sets the signing secret of the webhook endpoint',
    async () => (await import('./secrets/command.ts')).secretCommand,
  ],
  ['api-key', "sets Cyberdesk's API key", async () => (await import('./secrets/command.ts')).apiKeyCommand],
  [
    'send',
    'sends a signed test event and follows it',
    async () => (await import('./send/command.ts')).sendCommand,
  ],
  [
    'listen',
    'sends what a deployed stage accepts to the local run',
    async () => (await import('./listen/command.ts')).listenCommand,
  ],
  [
    'events',
    'lists, shows, replays, settles and erases events',
    async ([, verb]) =>
      verb === 'list'
        ? (await import('./events/list-command.ts')).onlyListCommand
        : (await import('./events/command.ts')).eventsCommand,
  ],
  [
    'dlq',
    'lists, redrives and drops dead letters',
    async () => (await import('./dlq/command.ts')).dlqCommand,
  ],
  [
    'queues',
    'counts the messages in the queues',
    async () => (await import('./queues/command.ts')).queuesCommand,
  ],
  [
    'audit',
    'lists who changed what, and who read payloads',
    async () => (await import('./audit/command.ts')).auditCommand,
  ],
  [
    'logs',
    'shows what the functions have logged',
    async () => (await import('./logs/command.ts')).logsCommand,
  ],
  [
    'reconcile',
    'finds runs that ended without an event here',
    async () => (await import('./reconcile/command.ts')).reconcileCommand,
  ],
  [
    'restore',
    "puts back what a stage's table has lost",
    async () => (await import('./restore/command.ts')).restoreCommand,
  ],
  [
    'workflows',
    'lists workflows, and switches on their webhooks',
    async () => (await import('./workflows/command.ts')).workflowsCommand,
  ],
  [
    'verify-api',
    "verifies the assumptions about Cyberdesk's API",
    async () => (await import('./verify-api/command.ts')).verifyApiCommand,
  ],
  [
    'types',
    'writes the types of your workflows',
    async () => (await import('./types/command.ts')).typesCommand,
  ],
  [
    'rules',
    'checks your rules, and compares them with others',
    async () => (await import('./rules/command.ts')).rulesCommand,
  ],
  ['cost', 'estimates what a stage costs', async () => (await import('./cost/command.ts')).costCommand],
  ['destroy', 'deletes a stage', async () => (await import('./destroy/command.ts')).destroyCommand],
  [
    'console',
    "serves a stage's web console on this machine",
    async () => (await import('./console/command.ts')).consoleCommand,
  ],
  ['mcp', 'serves the verbs to an agent', async () => (await import('./mcp/command.ts')).mcpCommand],
  [
    'completion',
    'prints a completion script for a shell',
    async () => (await import('./completion/command.ts')).completionCommand,
  ],
];

const FOOTER = `
Exit codes: 0 done, 1 done with a finding (something needs your attention),
2 usage error or failure.
Each verb has its own --help with examples.`;

export interface ProgramOptions {
  /** A usage error is not reported in words: the caller catches the CommanderError and reports it. */
  json?: boolean;
  /** What was typed: of the verbs that are not in it there is only the name. By default all are loaded. */
  argv?: readonly string[];
}

export async function createProgram(
  context: Context,
  { json = false, argv = ['completion'] }: ProgramOptions = {},
): Promise<Command> {
  // A completion script names all verbs.
  const needs = (verb: string) => argv.includes(verb) || argv.includes('completion');
  const program = new Command('cyberdesk-webhooks')
    .version(versionOf(), '--version', 'prints the version')
    .description('operates cyberdesk-webhooks: the local run and deployed stages alike')
    .addHelpText('after', FOOTER);
  for (const [name, summary, load] of VERBS) {
    const command = needs(name) ? (await load(argv))(context) : new Command(name);
    program.addCommand(command.summary(summary));
  }
  const { io } = context;
  forEach(program, (command) => {
    command.exitOverride().configureOutput({
      ...{ writeOut: io.out, writeErr: json ? () => undefined : io.err },
      ...{ getOutHelpWidth: () => io.columns, getErrHelpWidth: () => io.columns },
    });
    const path = pathOf(command);
    // An option right behind the name would be one of npx.
    const help = path.length === 0 ? 'help' : `${path.join(' ')} --help`;
    command.showHelpAfterError(`(see "${PROGRAM} ${help}")`);
  });
  return program;
}

function forEach(command: Command, visit: (command: Command) => void): void {
  visit(command);
  for (const sub of command.commands) forEach(sub, visit);
}

/** Runs the command with what follows its name. Returns 0 done, 1 done with a finding, 2 usage error or failure. */
export async function main(
  argv: readonly string[],
  io: Io = processIo(),
  connections: Partial<Connections> = {},
): Promise<ExitCode> {
  const context: Context = { io, ...connections, exitCode: EXIT.ok };
  const json = argv.includes('--json');
  try {
    const program = await createProgram(context, { json, argv });
    await program.parseAsync([...argv], { from: 'user' });
    return context.exitCode;
  } catch (error) {
    if (!(error instanceof CommanderError)) await report(io, error, json);
    else if (error.exitCode === 0) return EXIT.ok;
    // Without --json, commander has already reported it.
    else if (json) await report(io, usageError(error), json);
    return EXIT.failure;
  }
}

/** One line says what is wrong and what to do. DEBUG adds where it happened, and never what was answered. */
async function report(io: Io, error: unknown, json: boolean): Promise<void> {
  const { toOperatorError } = await import('./stage/explain.ts');
  const { name, message } = toOperatorError(error);
  if (json) {
    io.err(`${JSON.stringify({ error: { name, message } })}\n`);
    return;
  }
  io.err(`${io.style('red', 'error:')} ${message}\n`);
  if (!process.env.DEBUG) return;
  const { placesOf } = await import('./stage/faults.ts');
  for (const line of placesOf(error)) io.err(`${line}\n`);
}
