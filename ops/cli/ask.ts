import { createInterface } from 'node:readline/promises';
import { Writable } from 'node:stream';
import { BadArgument, NotConfirmed } from '../errors.ts';
import type { Stage } from '../stage/stage.ts';
import type { Io } from './io.ts';

/** Longest secret that is read, in bytes: Secrets Manager's own limit. */
const MAX_SECRET = 65_536;

const isInteractive = ({ input, isTerminal }: Io): boolean => Boolean(input.isTTY) && isTerminal;

/**
 * Asks before something changes prod. Anything else goes ahead.
 *
 * @throws NotConfirmed
 */
export async function confirmChange(io: Io, stage: Stage, what: string, yes: boolean): Promise<void> {
  if (stage.name === 'prod' && !yes)
    await confirm(io, `This ${what} in prod (${stage.stackName}, ${stage.region}).`);
}

/** @throws NotConfirmed */
export async function confirm(io: Io, what: string): Promise<void> {
  if (!isInteractive(io))
    throw new NotConfirmed(`${what} Nobody is here to say yes: repeat the command with --yes.`);
  const answer = await question(io, `${what} Go on? [y/N] `);
  if (!/^y(es)?$/i.test(answer.trim())) throw new NotConfirmed('nothing was done');
}

/** A question on the terminal, answered by a line. */
export async function question(io: Io, text: string): Promise<string> {
  const lines = createInterface({ input: io.input, output: process.stderr });
  try {
    return await lines.question(text);
  } finally {
    lines.close();
  }
}

/**
 * Reads a secret: from a prompt that does not show it, or from a pipe. Never from an argument: those end up in the
 * shell's history and in every process list.
 *
 * @throws BadArgument when nothing comes
 */
export async function askSecret(io: Io, label: string): Promise<string> {
  const value = (isInteractive(io) ? await promptHidden(io, label) : await readAll(io.input)).trim();
  if (value === '')
    throw new BadArgument(`no ${label} was given: type it at the prompt, or send it to standard input`);
  return value;
}

async function promptHidden(io: Io, label: string): Promise<string> {
  io.err(`${label} (not shown): `);
  // The terminal's own echo is off in raw mode, which readline sets; its output goes nowhere.
  const silent = new Writable({ write: (_chunk, _encoding, done) => done() });
  const lines = createInterface({ input: io.input, output: silent, terminal: true });
  try {
    return await lines.question('');
  } finally {
    lines.close();
    io.err('\n');
  }
}

async function readAll(input: NodeJS.ReadStream): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of input) {
    const bytes = Buffer.from(chunk as Uint8Array);
    size += bytes.length;
    if (size > MAX_SECRET) throw new BadArgument('standard input holds more than a secret can');
    chunks.push(bytes);
  }
  return Buffer.concat(chunks).toString('utf8');
}
