import { PassThrough } from 'node:stream';
import { describe, expect, it, vi } from 'vitest';
import { askSecret, confirmByName } from '../../ops/cli/ask.ts';
import type { Io } from '../../ops/cli/io.ts';

/** A terminal to type at, with standard output in a pipe. */
function keyboard() {
  const said = { out: '', err: '' };
  const modes: boolean[] = [];
  const input = Object.assign(new PassThrough(), {
    isTTY: true,
    setRawMode: (on: boolean) => modes.push(on),
  });
  const io: Io = {
    out: (text) => {
      said.out += text;
    },
    err: (text) => {
      said.err += text;
      // Typed as soon as the prompt appears: the terminal must not echo by then.
      if (text.includes('not shown')) input.write('whsec_TYPED\r');
    },
    input: input as unknown as NodeJS.ReadStream,
    isTerminal: false,
    columns: 80,
    style: (_format, text) => text,
    now: Date.now,
    sleep: async () => undefined,
  };
  return { io, said, modes, type: (text: string) => input.write(`${text}\r`) };
}

describe('askSecret', () => {
  it('askSecret asks on standard error and does not show what is typed, even if the output goes elsewhere', async () => {
    const { io, said, modes } = keyboard();
    expect(await askSecret(io, 'signing secret')).toBe('whsec_TYPED');
    expect(modes[0]).toBe(true);
    expect(said).toEqual({ out: '', err: 'signing secret (not shown): \n' });
  });
});

describe('confirmByName', () => {
  const answer = async (text: string) => {
    const prompt = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
    const { io, type } = keyboard();
    const asked = confirmByName(io, 'This deletes it.', 'CyberdeskWebhooks-test', '--confirm');
    type(text);
    return asked.finally(() => prompt.mockRestore());
  };

  it('confirmByName accepts the exact name and nothing else', async () => {
    await answer('CyberdeskWebhooks-test');
    for (const other of ['y', '', 'CyberdeskWebhooks-dev', 'test']) {
      await expect(answer(other)).rejects.toThrow('nothing was changed');
    }
  });
});
