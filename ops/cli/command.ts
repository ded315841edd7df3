import { Command } from 'commander';
import { connect } from '../stage/connect.ts';
import type { Stage } from '../stage/stage.ts';
import type { Io } from './io.ts';

/** Exit codes, part of the interface. */
export const EXIT = { ok: 0, finding: 1, failure: 2 } as const;
export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/** Options that every verb has. */
export interface StageOptions {
  stage: string;
  region?: string;
  profile?: string;
  name?: string;
  json?: boolean;
  yes?: boolean;
}

/** What a verb works with. */
export interface Context {
  io: Io;
  /** Connects to the stage of the options; tests give their own. */
  connect: (options: StageOptions) => Promise<Stage>;
  exitCode: ExitCode;
}

export const createContext = (io: Io, to: Context['connect'] = connect): Context => ({
  io,
  connect: to,
  exitCode: EXIT.ok,
});

/** One call of a verb, connected. */
export interface Call<Options> {
  io: Io;
  stage: Stage;
  options: Options & StageOptions;
  args: string[];
}

/** A verb without its action: common options, and help that ends with examples. */
export function verb(name: string, description: string, examples: readonly string[]): Command {
  const command = new Command(name).description(description);
  command
    .option('--stage <stage>', 'local, dev or prod', process.env.CYBERDESK_WEBHOOKS_STAGE || 'local')
    .option('--region <region>', 'AWS region, where AWS_REGION or the profile says another')
    .option('--profile <profile>', 'AWS profile, as AWS_PROFILE')
    .option('--name <name>', 'name of the installation, where the stage settings have one')
    .option('--json', 'stable JSON instead of text');
  return withExamples(command, examples);
}

/** Help ends with examples. */
export function withExamples(command: Command, examples: readonly string[]): Command {
  const lines = examples.map((example) => `  $ npx cyberdesk-webhooks ${example}`);
  return command.addHelpText('after', `\nExample${lines.length > 1 ? 's' : ''}:\n${lines.join('\n')}`);
}

/** For verbs that change something. */
export const changes = (command: Command): Command =>
  command.option(
    '-y, --yes',
    'do not ask before a stage is changed (for scripts; local and dev are never asked about)',
  );

/**
 * Gives a verb its action: connects, runs, keeps the exit code.
 *
 * @param check looks at options and arguments before anything is connected; throws BadArgument
 */
export function runs<Options>(
  context: Context,
  command: Command,
  action: (call: Call<Options>) => Promise<ExitCode>,
  check: (given: Omit<Call<Options>, 'stage'>) => void = () => undefined,
): Command {
  return command.action(async () => {
    const given = { io: context.io, options: command.opts() as Options & StageOptions, args: command.args };
    check(given);
    const stage = await context.connect(given.options);
    context.exitCode = await action({ ...given, stage });
  });
}
