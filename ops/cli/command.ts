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
  /** Connects to the stage of the options; tests give their own. */
  connect: (options: StageOptions) => Promise<Stage>;
  /** Finds its stack, for what needs no outputs; tests give their own. */
  find: (options: StageOptions) => Promise<FoundStage>;
  exitCode: ExitCode;
}

export const createContext = (io: Io, ways: Partial<Pick<Context, 'connect' | 'find'>> = {}): Context => ({
  io,
  connect,
  find,
  ...ways,
  exitCode: EXIT.ok,
});

/** One call of a verb, connected. */
export interface Call<Options> {
  io: Io;
  stage: Stage;
  options: Options & StageOptions;
  /** Options that the caller has typed, but for those that name the stage: for calls that go on with this one. */
  given: Flags;
  args: string[];
}

/** A verb without its action: common options, and help that ends with examples. */
export function verb(name: string, description: string, examples: readonly string[]): Command {
  const command = new Command(name).description(description);
  command
    .option('--stage <stage>', 'local, dev or prod', defaultStage())
    .option('--region <region>', 'AWS region, where AWS_REGION or the profile says another')
    .option('--profile <profile>', 'AWS profile, as AWS_PROFILE')
    .option('--name <name>', 'name of the installation, where the stage settings have one')
    .option('--json', 'stable JSON instead of text');
  return withExamples(command, examples);
}

/** Help ends with examples. */
export function withExamples(command: Command, examples: readonly string[]): Command {
  const lines = examples.map((example) => `  $ ${PROGRAM} ${example}`);
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
 * @param check looks at options and arguments before anything is connected; throws BadArgumentError
 */
export function runs<Options>(
  context: Context,
  command: Command,
  action: (call: Call<Options>) => Promise<ExitCode>,
  check: (given: Omit<Call<Options>, 'stage'>) => void = () => undefined,
): Command {
  return command.action(async () => {
    const options = command.opts() as Options & StageOptions;
    const call = { io: context.io, options, given: typed(command), args: command.args };
    check(call);
    const stage = await context.connect(options);
    context.exitCode = await action({ ...call, stage });
  });
}

function typed(command: Command): Flags {
  const options = command.opts() as StageOptions;
  const stageOptions = Object.keys(targetOf(options));
  const entries = Object.entries(options as object).filter(
    ([key]) => command.getOptionValueSource(key) === 'cli' && !stageOptions.includes(key),
  );
  return Object.fromEntries(entries);
}
