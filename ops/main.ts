import { CommanderError } from 'commander';
import { type Connections, createContext, EXIT, type ExitCode } from './cli/command.ts';
import { type Io, processIo } from './cli/io.ts';
import { BadArgumentError } from './errors.ts';
import { createProgram } from './program.ts';
import { toOperatorError } from './stage/explain.ts';
import { placesOf } from './stage/faults.ts';

/**
 * Runs the command.
 *
 * @param argv what follows the command's name
 * @returns 0 done, 1 done with a finding, 2 wrong use or failure
 */
export async function main(
  argv: readonly string[],
  io: Io = processIo(),
  connections?: Connections,
): Promise<ExitCode> {
  const context = createContext(io, connections);
  const json = argv.includes('--json');
  const program = createProgram(context, { json });
  try {
    await program.parseAsync([...argv], { from: 'user' });
    return context.exitCode;
  } catch (error) {
    if (!(error instanceof CommanderError)) report(io, error, json);
    else if (error.exitCode === 0) return EXIT.ok;
    // In words, commander has reported it itself.
    else if (json) report(io, wrongUse(error), json);
    return EXIT.failure;
  }
}

/** Commander's own error in this command's terms. */
const wrongUse = (error: CommanderError): BadArgumentError =>
  new BadArgumentError(error.message.replace(/^error: /, ''), { cause: error });

/** One line says what is wrong and what to do. DEBUG adds where it happened, and never what was answered. */
function report(io: Io, error: unknown, json: boolean): void {
  const { name, message } = toOperatorError(error);
  if (json) {
    io.err(`${JSON.stringify({ error: { name, message } })}\n`);
    return;
  }
  io.err(`${io.color.red('error:')} ${message}\n`);
  if (process.env.DEBUG) for (const line of placesOf(error)) io.err(`${line}\n`);
}
