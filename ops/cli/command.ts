import { Command, type CommanderError } from 'commander';
import { BadArgumentError } from '../errors.ts';
import { defaultStage, type Flags, PROGRAM, readStage, targetOf } from '../stage/command-line.ts';
import type { FoundStage, Stage } from '../stage/stage.ts';
import type { Io } from './io.ts';

/** Exit codes, part of the interface. */
export const EXIT = { ok: 0, finding: 1, failure: 2 } as const;
export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

export interface StageOptions {
  stage: string;
  /** Of the local run, if it was named. */
  port?: string | undefined;
  region?: string;
  profile?: string;
  name?: string;
  json?: boolean;
  yes?: boolean;
}

/** How verbs reach a stage; replaced by tests. */
export interface Connections {
  /** Connects to the stage of the options. */
  connect: (options: StageOptions) => Promise<Stage>;
  /** Finds its stack, for verbs that need no outputs. */
  find: (options: StageOptions) => Promise<FoundStage>;
}

export interface Context extends Partial<Connections> {
  io: Io;
  exitCode: ExitCode;
  /** A verb that only looks leaves out what it would otherwise do in passing, such as a probe. */
  readOnly?: boolean;
}

export interface Call<Options = unknown> extends Readonly<Connections> {
  readonly io: Io;
  /** The verb as it is typed: `events settle`. */
  readonly verb: string;
  options: Options & StageOptions;
  /** Options that the caller typed, for calls that continue this one: without those that name the stage, and without --json. */
  given: Flags;
  args: string[];
  readonly readOnly?: boolean;
}

export interface StageCall<Options = unknown> extends Call<Options> {
  stage: Stage;
}

/** Creates a command for a context. */
export type CommandFactory = (context: Context) => Command;

export interface Verb<Options, VerbCall> {
  name: string;
  description: string;
  /** Calls without the program's name, at the end of the help. */
  examples: readonly string[];
  /** It asks before it changes a stage, and takes --yes. */
  confirms?: boolean;
  options?: (command: Command) => unknown;
  /** Validates options and arguments before anything is connected. @throws BadArgumentError */
  check?: (call: Call<Options>) => unknown;
  run: (call: VerbCall) => Promise<ExitCode>;
}

/** The command of a verb that needs no connected stage, or connects itself. */
export const verb =
  <Options>(description: Verb<Options, Call<Options>>): CommandFactory =>
  (context) => {
    const command = new Command(description.name).description(description.description);
    addStageOptions(command);
    if (description.confirms)
      command.option('-y, --yes', 'do not ask before a stage is changed (local and dev never ask)');
    description.options?.(command);
    return withExamples(command, description.examples).action(async () => {
      const typedOptions = command.opts<Options & StageOptions>();
      const options = { ...typedOptions, ...readStage(typedOptions.stage) };
      const words = { verb: pathOf(command).join(' '), given: typed(command), args: command.args };
      const call = { connect, find, ...context, options, ...words };
      description.check?.(call);
      // Loaded here, as a call for help reaches nothing.
      (await import('../stage/network.ts')).useNetworkOf(process.env);
      context.exitCode = await description.run(call);
    });
  };

/** The command of a verb that needs a connected stage. */
export const stageVerb = <Options>(description: Verb<Options, StageCall<Options>>): CommandFactory =>
  verb<Options>({
    ...description,
    run: async (call) => description.run({ ...call, stage: await call.connect(call.options) }),
  });

export const verbGroup =
  (name: string, description: string, verbs: readonly CommandFactory[]): CommandFactory =>
  (context) => {
    const group = new Command(name).description(description);
    for (const one of verbs) group.addCommand(one(context));
    return group;
  };

const addStageOptions = (command: Command): Command =>
  command
    .option('--stage <stage>', 'local (local:9000 on another port), dev, prod or another', defaultStage())
    .option('--region <region>', "AWS region (default: AWS_REGION, or the profile's region)")
    .option('--profile <profile>', 'AWS profile (default: AWS_PROFILE)')
    .option('--name <name>', 'name of the installation, if the stage settings have one')
    .option('--json', 'stable JSON instead of text');

/** What commander says of a call, as an error of ours. */
export const usageError = (error: CommanderError): BadArgumentError =>
  new BadArgumentError(error.message.replace(/^error: /, ''), { cause: error });

export function withExamples(command: Command, examples: readonly string[]): Command {
  const lines = examples.map((example) => `  $ ${PROGRAM} ${example}`);
  return command.addHelpText('after', `\nExample${lines.length > 1 ? 's' : ''}:\n${lines.join('\n')}`);
}

/** The words that call it, without the program's name. */
export const pathOf = (command: Command): string[] =>
  command.parent ? [...pathOf(command.parent), command.name()] : [];

function typed(command: Command): Flags {
  const options = command.opts<StageOptions>();
  const apart = [...Object.keys(targetOf(options)), 'json'];
  const entries = Object.entries(options).filter(
    ([key]) => command.getOptionValueSource(key) === 'cli' && !apart.includes(key),
  );
  return Object.fromEntries(entries);
}

/** Connects to `local` (the run of `npm start`), or to the deployed stack of a stage. The SDK is loaded only for this. */
async function connect({ port, ...settings }: StageOptions): Promise<Stage> {
  if (settings.stage === 'local') return connectToLocal(port);
  const { connectDeployed } = await import('../stage/deployed.ts');
  return (await import('../stage/unknown-stage.ts')).orNameStages(settings, () => connectDeployed(settings));
}

/** Finds the same stage, whatever the state of its stack. */
async function find({ port, ...settings }: StageOptions): Promise<FoundStage> {
  if (settings.stage === 'local') return connectToLocal(port);
  return (await import('../stage/deployed.ts')).findDeployed(settings);
}

async function connectToLocal(port: string | undefined): Promise<Stage> {
  const { connectLocal, localUrl } = await import('../stage/local.ts');
  return connectLocal(localUrl(port));
}
