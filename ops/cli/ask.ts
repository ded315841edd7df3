import { createInterface } from 'node:readline';
import { Writable } from 'node:stream';
import { BadArgumentError, NotConfirmedError } from '../errors.ts';
import { asksFirst, type Stage } from '../stage/stage.ts';
import type { Io } from './io.ts';

/** Longest secret that is read, in bytes: Secrets Manager's own limit. */
const MAX_SECRET = 65_536;

/** Someone types. Where the output goes does not matter: questions are asked on standard error. */
const isInteractive = ({ input }: Io): boolean => Boolean(input.isTTY);

/**
 * Asks before something changes a stage where a slip costs something. Elsewhere it goes ahead.
 *
 * @throws NotConfirmedError
 */
export async function confirmChange(io: Io, stage: Stage, what: string, yes: boolean): Promise<void> {
  if (asksFirst(stage) && !yes)
    await confirm(io, `This ${what} in ${stage.name} (${stage.stackName}, ${stage.region}).`);
}

/** @throws NotConfirmedError */
export async function confirm(io: Io, what: string): Promise<void> {
  if (!isInteractive(io))
    throw new NotConfirmedError(`${what} Nobody is here to say yes: repeat the command with --yes.`);
  const answer = await question(io, `${what} Go on? [y/N] `);
  if (!/^y(es)?$/i.test(answer.trim())) throw new NotConfirmedError('nothing was done');
}

/**
 * Asks for a name to be typed, where a "y" is too quickly said.
 *
 * @param option the one by which scripts give the name
 * @throws NotConfirmedError
 */
export async function confirmByName(io: Io, what: string, name: string, option: string): Promise<void> {
  if (!isInteractive(io))
    throw new NotConfirmedError(`${what} Nobody is here to confirm: repeat the command with ${option} ${name}.`);
  const answer = await question(io, `${what} To go on, type ${name}: `);
  if (answer.trim() !== name) throw new NotConfirmedError('nothing was done: that is another name');
}

/** A question on the terminal, answered by a line. @throws NotConfirmedError at Ctrl-C and Ctrl-D */
function question(io: Io, text: string, isHidden = false): Promise<string> {
  // The terminal's own echo is off while readline is at work; what it would show itself goes nowhere.
  const silent = new Writable({ write: (_chunk, _encoding, done) => done() });
  const lines = createInterface({
    input: io.input,
    output: isHidden ? silent : process.stderr,
    terminal: true,
  });
  return new Promise<string>((resolve, reject) => {
    lines.once('line', resolve);
    lines.once('SIGINT', () => lines.close());
    // After a line this comes too late to matter.
    lines.once('close', () => reject(new NotConfirmedError('nothing was done')));
    // Only now: what is typed before the echo is off would be shown.
    if (isHidden) io.err(text);
    else lines.setPrompt(text);
    if (!isHidden) lines.prompt();
  }).finally(() => {
    lines.close();
    if (isHidden) io.err('\n');
  });
}

/**
 * Reads a secret: from a prompt that does not show it, or from a pipe. Never from an argument: those end up in the
 * shell's history and in every process list.
 *
 * @throws BadArgumentError when nothing comes
 */
export async function askSecret(io: Io, label: string): Promise<string> {
  const value = (
    isInteractive(io) ? await question(io, `${label} (not shown): `, true) : await readAll(io.input)
  ).trim();
  if (value === '')
    throw new BadArgumentError(`no ${label} was given: type it at the prompt, or send it to standard input`);
  return value;
}

async function readAll(input: NodeJS.ReadStream): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of input) {
    const bytes = Buffer.from(chunk as Uint8Array);
    size += bytes.length;
    if (size > MAX_SECRET) throw new BadArgumentError('standard input holds more than a secret can');
    chunks.push(bytes);
  }
  return Buffer.concat(chunks).toString('utf8');
}
