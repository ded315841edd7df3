import { CommanderError } from 'commander';
import { type Context, createContext, EXIT, type ExitCode } from './cli/command.ts';
import { type Io, processIo } from './cli/io.ts';
import { BadArgumentError, OperatorError } from './errors.ts';
import { createProgram } from './program.ts';
import { explain } from './stage/explain.ts';
import { describeFault, placesOf } from './stage/faults.ts';

/**
 * Runs the command.
 *
 * @param argv what follows the command's name
 * @returns 0 done, 1 done with a finding, 2 wrong use or failure
 */
export async function main(
  argv: readonly string[],
  io: Io = processIo(),
  ways?: Partial<Pick<Context, 'connect' | 'find'>>,
): Promise<ExitCode> {
  const context = createContext(io, ways);
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
const wrongUse = (error: CommanderError): BadArgumentError =>
  new BadArgumentError(error.message.replace(/^error: /, ''), { cause: error });

/** One line says what is wrong and what to do. Where it happened shows with DEBUG alone, and never what was answered. */
function report(io: Io, error: unknown, json: boolean): void {
  const name = error instanceof Error ? error.name : 'Error';
  const message = error instanceof OperatorError ? error.message : describeFault(error);
  if (json) {
    io.err(`${JSON.stringify({ error: { name, message } })}\n`);
    return;
  }
  io.err(`${io.color.red('error:')} ${message}\n`);
  if (process.env.DEBUG) for (const line of placesOf(error)) io.err(`${line}\n`);
}
