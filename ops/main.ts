import { CommanderError } from 'commander';
import { type Context, createContext, EXIT, type ExitCode } from './cli/command.ts';
import { type Io, processIo } from './cli/io.ts';
import { BadArgument, OperatorError } from './errors.ts';
import { createProgram } from './program.ts';
import { explain } from './stage/explain.ts';

/**
 * Runs the command.
 *
 * @param argv what follows the command's name
 * @returns 0 done, 1 done with a finding, 2 wrong use or failure
 */
export async function main(
  argv: readonly string[],
  io: Io = processIo(),
  connect?: Context['connect'],
): Promise<ExitCode> {
  const context = createContext(io, connect);
  const json = argv.includes('--json');
  const program = createProgram(context, { json });
  try {
    await program.parseAsync([...argv], { from: 'user' });
    return context.exitCode;
  } catch (error) {
    if (error instanceof CommanderError) {
      if (error.exitCode === 0) return EXIT.ok;
      // In words, commander has told of it itself.
      if (json) report(io, wrongUse(error), json);
      return EXIT.failure;
    }
    report(io, explain(error), json);
    return EXIT.failure;
  }
}

/** Commander's own error in this command's terms. */
const wrongUse = (error: CommanderError): BadArgument =>
  new BadArgument(error.message.replace(/^error: /, ''), { cause: error });

/** A person's own mistake is one line. Anything else is a fault of this program, and shows where it happened. */
function report(io: Io, error: unknown, json: boolean): void {
  const { name, message, stack } = error instanceof Error ? error : new Error(String(error));
  if (json) {
    io.err(`${JSON.stringify({ error: { name, message } })}\n`);
    return;
  }
  io.err(`${io.color.red('error:')} ${message}\n`);
  if (!(error instanceof OperatorError) && process.env.DEBUG && stack) io.err(`${stack}\n`);
}
