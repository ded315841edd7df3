import { Readable } from 'node:stream';
import { Command, CommanderError } from 'commander';
import { type Connections, type Context, EXIT, usageError } from '../cli/command.ts';
import type { Io } from '../cli/io.ts';
import type { OperatorError } from '../errors.ts';
import { type Flags, PROGRAM } from '../stage/command-line.ts';
import { toOperatorError } from '../stage/explain.ts';
import type { ToolDescription } from './tools.ts';

/** How verbs reach the stage here, and its clock. */
export type Surroundings = Connections & { readonly io: Io };

/** The command of a tool, to look at or to run. */
export function commandOf({ verb, word }: ToolDescription, context: Context): Command {
  const command = verb(context);
  // A verb knows by what stands above it how it is typed, and is on record under that name.
  new Command(PROGRAM).addCommand(command);
  const found = word === undefined ? command : command.commands.find((sub) => sub.name() === word);
  if (found === undefined) throw new Error(`the verb ${command.name()} has no ${word}`);
  return found;
}

/** What a verb printed with `--json`, or why it failed. */
export type Answer =
  | { readonly kind: 'document'; readonly document: unknown; readonly warnings: string }
  | { readonly kind: 'error'; readonly error: OperatorError };

/** Options by their names without dashes, and arguments. */
export interface Words {
  readonly flags: Flags;
  readonly args: readonly string[];
}

/** Runs a verb as the command line does, with nothing but its JSON as the result. */
export async function callVerb(
  tool: ToolDescription,
  { flags, args }: Words,
  { io, connect, find, readOnly }: Surroundings & { readOnly: boolean },
): Promise<Answer> {
  const said = { out: '', err: '' };
  const quiet: Io = { ...io, ...capture(said), input: noInput(), isTerminal: false };
  const command = commandOf(tool, { io: quiet, connect, find, readOnly, exitCode: EXIT.ok });
  command.exitOverride().configureOutput({ writeOut: () => undefined, writeErr: () => undefined });
  try {
    await command.parseAsync([...argvOf({ ...flags, json: true }), '--', ...args], { from: 'user' });
    return { kind: 'document', document: JSON.parse(said.out), warnings: said.err };
  } catch (error) {
    return {
      kind: 'error',
      error: toOperatorError(error instanceof CommanderError ? usageError(error) : error),
    };
  }
}

const capture = (said: { out: string; err: string }): Pick<Io, 'out' | 'err' | 'style'> => ({
  out: (text) => {
    said.out += text;
  },
  err: (text) => {
    said.err += text;
  },
  style: (_format, text) => text,
});

/** No one is at a terminal: what would ask there is refused. */
const noInput = (): NodeJS.ReadStream => Readable.from([]) as unknown as NodeJS.ReadStream;

/** Each value in one word with its option, so that none is taken for an option. */
function* argvOf(flags: Flags): Generator<string> {
  for (const [name, value] of Object.entries(flags)) {
    for (const one of [value].flat()) {
      if (one === undefined || one === false) continue;
      yield one === true ? `--${name}` : `--${name}=${one}`;
    }
  }
}
