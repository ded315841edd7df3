import { Command } from 'commander';
import { defaultStage, type Flags, PROGRAM, targetOf } from '../stage/command-line.ts';
import { connect, find } from '../stage/connect.ts';
import type { FoundStage, Stage } from '../stage/stage.ts';
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
  /** Connects to the stage of the options; replaced by tests. */
  connect: (options: StageOptions) => Promise<Stage>;
  /** Finds its stack, for verbs that need no outputs; replaced by tests. */
  find: (options: StageOptions) => Promise<FoundStage>;
  exitCode: ExitCode;
}

export type Connections = Partial<Pick<Context, 'connect' | 'find'>>;

export const createContext = (io: Io, connections: Connections = {}): Context => ({
  io,
  connect,
  find,
  ...connections,
  exitCode: EXIT.ok,
});

/** One call of a verb. */
export interface Call<Options = unknown> {
  io: Io;
  options: Options & StageOptions;
  /** Options that the caller typed, except those that name the stage: for calls that continue this one. */
  given: Flags;
  args: string[];
}

/** The same, connected to its stage. */
export interface StageCall<Options = unknown> extends Call<Options> {
  stage: Stage;
}

/** A verb without its action: common options, and help that ends with examples. */
export function verb(name: string, description: string, examples: readonly string[]): Command {
  const command = new Command(name).description(description);
  command
    .option('--stage <stage>', 'local, dev or prod', defaultStage())
    .option('--region <region>', 'AWS region (default: AWS_REGION, or what the profile says)')
    .option('--profile <profile>', 'AWS profile (default: AWS_PROFILE)')
    .option('--name <name>', 'name of the installation, if the stage settings have one')
    .option('--json', 'stable JSON instead of text');
  return withExamples(command, examples);
}

/** Help that ends with examples. */
export function withExamples(command: Command, examples: readonly string[]): Command {
  const lines = examples.map((example) => `  $ ${PROGRAM} ${example}`);
  return command.addHelpText('after', `\nExample${lines.length > 1 ? 's' : ''}:\n${lines.join('\n')}`);
}

/** For verbs that ask before they change something. */
export const withConfirmation = (command: Command): Command =>
  command.option('-y, --yes', 'do not ask before a stage is changed (local and dev never ask)');

/** Gives a verb its action, and keeps the exit code that this returns. */
export const withAction = <Options>(
  context: Context,
  command: Command,
  action: (call: Call<Options>) => Promise<ExitCode>,
): Command =>
  command.action(async () => {
    const options = command.opts<Options & StageOptions>();
    context.exitCode = await action({ io: context.io, options, given: typed(command), args: command.args });
  });

/**
 * The same for an action that needs the stage.
 *
 * @param check validates options and arguments before anything is connected; throws BadArgumentError
 */
export const withStage = <Options>(
  context: Context,
  command: Command,
  action: (call: StageCall<Options>) => Promise<ExitCode>,
  check: (call: Call<Options>) => unknown = () => undefined,
): Command =>
  withAction<Options>(context, command, async (call) => {
    check(call);
    return action({ ...call, stage: await context.connect(call.options) });
  });

function typed(command: Command): Flags {
  const options = command.opts<StageOptions>();
  const stageOptions = Object.keys(targetOf(options));
  const entries = Object.entries(options).filter(
    ([key]) => command.getOptionValueSource(key) === 'cli' && !stageOptions.includes(key),
  );
  return Object.fromEntries(entries);
}
