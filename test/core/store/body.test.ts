import { randomBytes } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { expect, it } from 'vitest';
import { sha256 } from '../../../lambda/core/model/keys.ts';
import { packBody, readBody } from '../../../lambda/core/store/body.ts';
import { packSmall } from '../../../lambda/core/store/dictionary.ts';
import { BodyLostError, PIECE_BYTES } from '../../../lambda/core/store/pieces.ts';
import { TableModel } from '../../simulation/model/table.ts';
import { eventItem } from '../support/items.ts';
import { asTable } from '../support/world.ts';

it('a small body is stored in its event', async () => {
  const body = packBody(Buffer.from('{"a":1}'));
  expect(body).toMatchObject({ bytes: 7, pieces: [], sha256: sha256('{"a":1}') });

  const event = eventItem({ ...(body.inline && { body: body.inline }) });
  expect(Buffer.from(await readBody(asTable(new TableModel()), event)).toString()).toBe('{"a":1}');
});

it('a body is stored in pieces when its gzip exceeds 4 KB', () => {
  const under = packBody(randomBytes(4000));
  const over = packBody(randomBytes(4200));

  expect(under.inline?.byteLength).toBeLessThanOrEqual(4096);
  expect(over.inline).toBeUndefined();
  expect(over.pieces).toHaveLength(1);
});

it('every piece stays well below the 400 KB of an item', () => {
  const { pieces } = packBody(randomBytes(4 * 1024 * 1024));

  expect(pieces.length).toBe(12);
  for (const piece of pieces) expect(piece.byteLength).toBeLessThanOrEqual(PIECE_BYTES);
  expect(PIECE_BYTES).toBeLessThan(390 * 1024);
});

it.each([
  ['a gzip', gzipSync(Buffer.alloc(32 * 1024 * 1024))],
  ['packed like a small body', packSmall(Buffer.alloc(32 * 1024 * 1024))],
  ['cut off', gzipSync(randomBytes(1000)).subarray(0, 500)],
  ['nothing at all', new Uint8Array()],
])('a body that no webhook had is lost, and is not unpacked: %s', async (_, body) => {
  await expect(readBody(asTable(new TableModel()), eventItem({ body }))).rejects.toThrow(BodyLostError);
});
