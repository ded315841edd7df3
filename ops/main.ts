import { CommanderError } from 'commander';
import { type Context, createContext, EXIT, type ExitCode } from './cli/command.ts';
import { type Io, processIo } from './cli/io.ts';
import { OperatorError } from './errors.ts';
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
  const program = createProgram(context);
  try {
    await program.parseAsync([...argv], { from: 'user' });
    return context.exitCode;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.ok : EXIT.failure;
    report(io, explain(error), argv.includes('--json'));
    return EXIT.failure;
  }
}

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
