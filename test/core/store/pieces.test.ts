import { randomBytes } from 'node:crypto';
import { expect, it } from 'vitest';
import { type PieceItem, pieceKey } from '../../../lambda/core/model/index.ts';
import { packBody, readBody } from '../../../lambda/core/store/body.ts';
import { BodyLostError, readPieces, renewPieces, writePieces } from '../../../lambda/core/store/pieces.ts';
import { TableModel } from '../../simulation/model/table.ts';
import { eventItem } from '../support/items.ts';
import { TestSystem } from '../support/system.ts';
import { asTable } from '../support/world.ts';

const DAY = 86_400;
const TTL = 2_000_000_000;
const raw = randomBytes(4 * 1024 * 1024);
const body = packBody(raw);

function createStore(stored: ReturnType<typeof packBody>) {
  const model = new TableModel();
  const table = asTable(model);
  const system = new TestSystem();
  return {
    model,
    table,
    system,
    write: (other = stored, at = TTL) => writePieces({ table, system }, other, at * 1000),
  };
}

function pieceOf(model: TableModel, hash: string, index = 0): PieceItem {
  const found = model.piece(hash, index);
  if (!found) throw new Error('there is no such piece');
  return found;
}

it('the pieces of a body are read back byte for byte', async () => {
  const { table, write } = createStore(body);
  await write();
  await write();
  const event = eventItem({ body_sha256: body.sha256, body_pieces: body.pieces.length });

  expect(Buffer.compare(await readBody(table, event), raw)).toBe(0);
});

it('a piece is written again only if it would expire more than a day too early', async () => {
  const small = packBody(randomBytes(9000));
  const { model, write } = createStore(small);
  await write();
  const first = pieceOf(model, small.sha256);

  await write(small, TTL + DAY);

  expect(pieceOf(model, small.sha256)).toBe(first);

  await write(small, TTL + DAY + 1);
  expect(pieceOf(model, small.sha256)).toMatchObject({ ttl: TTL + DAY + 1 });

  await write(small, TTL);
  expect(pieceOf(model, small.sha256)).toMatchObject({ ttl: TTL + DAY + 1 });
});

it('a piece that another version of zlib packed is replaced', async () => {
  const small = packBody(randomBytes(9000));
  const { model, table, write } = createStore(small);
  const other: PieceItem = {
    ...pieceKey(small.sha256, 0),
    v: 1,
    tag: 'old',
    ttl: TTL,
    piece: Buffer.from('other'),
  };
  model.force(other);

  await write();

  await expect(readPieces(table, small.sha256, 1)).resolves.toHaveLength(9000);
});

it('a piece is written again when the conflicting one has just expired', async () => {
  const small = packBody(randomBytes(9000));
  const { model, table, system } = createStore(small);
  let first = true;
  const racing = {
    ...table,
    put: async (...args: Parameters<typeof table.put>) => {
      if (first) {
        first = false;
        return { kind: 'conflict' } as const;
      }
      return table.put(...args);
    },
  };

  await writePieces({ table: racing, system }, small, TTL * 1000);

  expect(pieceOf(model, small.sha256)).toBeDefined();
});

it('reading a body fails when a piece is missing or damaged', async () => {
  const { model, table, write } = createStore(body);

  await write();

  await expect(readPieces(table, body.sha256, body.pieces.length + 1)).rejects.toThrow(/missing/);

  const other = packBody(randomBytes(9000));
  await write(other);
  const swapped = pieceOf(model, other.sha256);
  model.force({ ...swapped, ...pieceKey('0'.repeat(64), 0) });

  await expect(readPieces(table, '0'.repeat(64), 1)).rejects.toThrow(/hash/);

  model.force({ ...swapped, piece: Buffer.from('not gzip') });
  await expect(readPieces(table, other.sha256, 1)).rejects.toBeInstanceOf(BodyLostError);
});

it('pieces are renewed only if they would expire too soon', async () => {
  const small = packBody(randomBytes(9000));
  const { model, table, system, write } = createStore(small);
  await write();
  const stored = { sha256: small.sha256, pieces: 2 };

  await renewPieces({ table, system }, stored, { needed: TTL * 1000, until: (TTL + 50) * 1000 });

  expect(pieceOf(model, small.sha256)).toMatchObject({ ttl: TTL });

  await renewPieces({ table, system }, stored, { needed: (TTL + 1) * 1000, until: (TTL + 50) * 1000 });

  expect(pieceOf(model, small.sha256)).toMatchObject({ ttl: TTL + 50 });
  expect(model.piece(small.sha256, 1)).toBeUndefined();
});
