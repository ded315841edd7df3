import { Readable } from 'node:stream';
import { setTimeout as wait } from 'node:timers/promises';
import type { Context } from '../../../ops/cli/command.ts';
import type { Io } from '../../../ops/cli/io.ts';
import { main } from '../../../ops/main.ts';

export interface Ran {
  code: number;
  out: string;
  err: string;
  /** Standard output as JSON. */
  json: () => never;
}

interface Given extends Partial<Pick<Context, 'connect' | 'find'>> {
  input?: string;
  clock?: Pick<Io, 'now' | 'sleep'>;
  /** Width of the output; by default nothing is broken. */
  columns?: number;
}

/** Runs the command in this process, with `input` as its standard input. */
export async function run(
  argv: string[],
  { input = '', clock, columns = 1000, ...ways }: Given = {},
): Promise<Ran> {
  const said = { out: '', err: '' };
  const io: Io = {
    out: (text) => {
      said.out += text;
    },
    err: (text) => {
      said.err += text;
    },
    input: Readable.from([Buffer.from(input)]) as unknown as NodeJS.ReadStream,
    isTerminal: false,
    columns,
    style: (_format, text) => text,
    now: Date.now,
    sleep: (ms) => wait(ms),
    ...clock,
  };
  const code = await main(argv, io, ways);
  return { code, ...said, json: () => JSON.parse(said.out) as never };
}
