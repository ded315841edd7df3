import { Readable } from 'node:stream';
import { expect, it } from 'vitest';
import { type Io, readInput } from '../../ops/cli/io.ts';

const TEXT = 'whsec_AAAA\r\n';
const utf16le = Buffer.from(TEXT, 'utf16le');

it.each([
  ['UTF-8', Buffer.from(TEXT)],
  ['UTF-16 with a byte order mark, as PowerShell writes it', Buffer.concat([Buffer.of(0xff, 0xfe), utf16le])],
  ['UTF-16 without one', utf16le],
  ['UTF-16 with the bytes swapped', Buffer.concat([Buffer.of(0xff, 0xfe), utf16le]).swap16()],
])('standard input is read as %s', async (_, bytes) => {
  // In two pieces, as a pipe may give it.
  const input = Readable.from([bytes.subarray(0, 3), bytes.subarray(3)]);

  expect(await readInput({ input } as unknown as Io)).toBe(TEXT);
});

it('standard input in UTF-8 keeps what looks like another encoding later on', async () => {
  const bytes = Buffer.concat([Buffer.from('é'), Buffer.of(0xff, 0xfe)]);

  expect(await readInput({ input: Readable.from([bytes]) } as unknown as Io)).toBe(bytes.toString());
});
