import { createInterface } from 'node:readline';
import { Writable } from 'node:stream';
import { BadArgumentError, NotConfirmedError } from '../errors.ts';
import { asksFirst } from '../stage/stage.ts';
import type { StageCall } from './command.ts';
import { type Io, readInput } from './io.ts';

/** Longest secret that is read, in bytes: the limit of Secrets Manager. */
const MAX_SECRET = 65_536;

/** Whether someone is at the keyboard. Standard output may be redirected, as questions go to standard error. */
const isInteractive = ({ input }: Io): boolean => Boolean(input.isTTY);

/** Asks for confirmation on stages where mistakes are costly; `what` as in "sets the API key". @throws NotConfirmedError */
export async function confirmChange({ io, stage, options }: StageCall, what: string): Promise<void> {
  if (asksFirst(stage) && !options.yes)
    await confirm(io, `This ${what} in ${stage.name} (${stage.stackName}, ${stage.region}).`);
}

/** @throws NotConfirmedError */
export async function confirm(io: Io, what: string): Promise<void> {
  if (!isInteractive(io)) throw noTerminal(what, '--yes');
  const answer = await question(io, `${what} Continue? [y/N] `);
  if (!/^y(es)?$/i.test(answer.trim())) throw new NotConfirmedError(NOTHING_DONE);
}

/** For changes that need more than a quick "y"; scripts pass the name with `option`. @throws NotConfirmedError */
export async function confirmByName(io: Io, what: string, name: string, option: string): Promise<void> {
  if (!isInteractive(io)) throw noTerminal(what, `${option} ${name}`);
  const answer = await question(io, `${what} To continue, type ${name}: `);
  if (answer.trim() !== name) throw new NotConfirmedError(`${NOTHING_DONE}, since that is a different name`);
}

const noTerminal = (what: string, option: string): NotConfirmedError =>
  new NotConfirmedError(`${what} There is no terminal to ask on`, {
    next: `repeat the command with ${option}`,
  });

const NOTHING_DONE = 'nothing was changed';

/** Asks a question on the terminal; the answer is one line. @throws NotConfirmedError on Ctrl-C and Ctrl-D */
function question(io: Io, text: string, isHidden = false): Promise<string> {
  // While readline runs, the terminal does not echo; what readline itself would show goes nowhere.
  const silent = new Writable({ write: (_chunk, _encoding, done) => done() });
  const lines = createInterface({
    input: io.input,
    output: isHidden ? silent : process.stderr,
    terminal: true,
  });
  return new Promise<string>((resolve, reject) => {
    lines.once('line', resolve);
    lines.once('SIGINT', () => lines.close());
    // After a line this has no effect.
    lines.once('close', () => reject(new NotConfirmedError(NOTHING_DONE)));
    // Not earlier: the terminal would still echo what is typed.
    if (isHidden) io.err(text);
    else lines.setPrompt(text);
    if (!isHidden) lines.prompt();
  }).finally(() => {
    lines.close();
    if (isHidden) io.err('\n');
  });
}

/**
 * Reads a secret from a prompt that does not show it, or from a pipe. Never from an argument: those end up in the
 * shell's history and in process lists.
 * @throws BadArgumentError if the input is empty
 */
export async function askSecret(io: Io, label: string): Promise<string> {
  const text = isInteractive(io)
    ? await question(io, `${label} (not shown): `, true)
    : await readInput(io, MAX_SECRET);
  const value = text.trim();
  if (value === '')
    throw new BadArgumentError(`no ${label} was given`, {
      next: 'type it at the prompt, or send it to standard input',
    });
  return value;
}
