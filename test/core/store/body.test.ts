import { randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { EventItem } from '../../../lambda/core/model/index.ts';
import { sha256 } from '../../../lambda/core/model/keys.ts';
import { packBody, readBody } from '../../../lambda/core/store/body.ts';
import {
  BodyLostError,
  PIECE_BYTES,
  readPieces,
  renewPieces,
  writePieces,
} from '../../../lambda/core/store/pieces.ts';
import { TableModel } from '../../simulation/model/table.ts';
import { TestSystem } from '../support/system.ts';
import { asTable, createWorld } from '../support/world.ts';

const DAY = 86_400;
const TTL = 2_000_000_000;

function stored(body: ReturnType<typeof packBody>, ttl = TTL) {
  const model = new TableModel();
  const table = asTable(model);
  const system = new TestSystem();
  return {
    model,
    table,
    system,
    write: (other = body, at = ttl) => writePieces({ table, system }, other, at * 1000),
  };
}

const pieceOf = (model: TableModel, hash: string, index = 0) =>
  model.get({ pk: `body#${hash}/${index}`, sk: 'body' });

describe('packBody', () => {
  it('keeps a small body in its item', async () => {
    const body = packBody(Buffer.from('{"a":1}'));
    expect(body).toMatchObject({ bytes: 7, pieces: [], sha256: sha256('{"a":1}') });
    const event = { body: body.inline } as EventItem;
    expect(Buffer.from(await readBody(createWorld().worker.table, event)).toString()).toBe('{"a":1}');
  });

  it('cuts where the gzip passes 4 KB', () => {
    const under = packBody(randomBytes(4000));
    const over = packBody(randomBytes(4200));
    expect(under.inline?.byteLength).toBeLessThanOrEqual(4096);
    expect(over.inline).toBeUndefined();
    expect(over.pieces).toHaveLength(1);
  });

  it('keeps pieces well under an item’s 400 KB', () => {
    const { pieces } = packBody(randomBytes(4 * 1024 * 1024));
    expect(pieces.length).toBe(12);
    for (const piece of pieces) expect(piece.byteLength).toBeLessThanOrEqual(PIECE_BYTES);
    expect(PIECE_BYTES).toBeLessThan(390 * 1024);
  });
});

describe('pieces of a large body', () => {
  const raw = randomBytes(4 * 1024 * 1024);
  const body = packBody(raw);

  it('come back byte for byte', async () => {
    const { table, write } = stored(body);
    await write();
    await write();
    const event = { body_sha256: body.sha256, body_pieces: body.pieces.length } as EventItem;
    expect(Buffer.compare(await readBody(table, event), raw)).toBe(0);
  });

  it('are written once, and again only when they would expire more than a day before', async () => {
    const small = packBody(randomBytes(9000));
    const { model, write } = stored(small);
    await write();
    const first = pieceOf(model, small.sha256);
    await write(small, TTL + DAY);
    expect(pieceOf(model, small.sha256)).toBe(first);
    await write(small, TTL + DAY + 1);
    expect(pieceOf(model, small.sha256)).toMatchObject({ ttl: TTL + DAY + 1 });
    await write(small, TTL);
    expect(pieceOf(model, small.sha256)).toMatchObject({ ttl: TTL + DAY + 1 });
  });

  it('replace half a body that another zlib has left', async () => {
    const small = packBody(randomBytes(9000));
    const { model, table, write } = stored(small);
    model.force({
      pk: `body#${small.sha256}/0`,
      sk: 'body',
      v: 1,
      tag: 'old',
      ttl: TTL,
      piece: Buffer.from('else'),
    } as never);
    await write();
    await expect(readPieces(table, small.sha256, 1)).resolves.toHaveLength(9000);
  });

  it('survive an expiry between the condition and the next try', async () => {
    const small = packBody(randomBytes(9000));
    const { model, table, system } = stored(small);
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

  it('tell when one is missing or damaged', async () => {
    const { model, table, write } = stored(body);
    await write();
    await expect(readPieces(table, body.sha256, body.pieces.length + 1)).rejects.toThrow(/missing/);
    const other = packBody(randomBytes(9000));
    await write(other);
    const swapped = pieceOf(model, other.sha256);
    model.force({ ...swapped, pk: `body#${'0'.repeat(64)}/0` } as never);
    await expect(readPieces(table, '0'.repeat(64), 1)).rejects.toThrow(/hash/);
    model.force({ ...swapped, piece: Buffer.from('no gzip') } as never);
    await expect(readPieces(table, other.sha256, 1)).rejects.toBeInstanceOf(BodyLostError);
  });

  it('are renewed when they would expire too soon, and only then', async () => {
    const small = packBody(randomBytes(9000));
    const { model, table, system, write } = stored(small);
    await write();
    const of = { sha256: small.sha256, pieces: 2 };
    await renewPieces({ table, system }, of, { needed: TTL * 1000, until: (TTL + 50) * 1000 });
    expect(pieceOf(model, small.sha256)).toMatchObject({ ttl: TTL });
    await renewPieces({ table, system }, of, { needed: (TTL + 1) * 1000, until: (TTL + 50) * 1000 });
    expect(pieceOf(model, small.sha256)).toMatchObject({ ttl: TTL + 50 });
    expect(pieceOf(model, small.sha256, 1)).toBeUndefined();
  });
});
