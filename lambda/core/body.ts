import { createHash } from 'node:crypto';
import { promisify } from 'node:util';
import { gunzip, gzip } from 'node:zlib';
import { type EventItem, ITEM_VERSION, type PieceItem, pieceKey } from './items.ts';
import type { Chance, Table } from './ports.ts';
import { LostRaceError, save } from './save.ts';

/** The largest raw body that is accepted, in bytes: Lambda's 6 MiB counts the escaped event around it. */
export const MAX_BODY_BYTES = 4 * 1024 * 1024;
/** A gzip up to this size lives in the event item; write units are charged per KB. */
const INLINE_BYTES = 4 * 1024;
/** A DynamoDB item holds 400 KB with its keys. */
const PIECE_BYTES = 350 * 1024;
/** Pieces written at once: enough to hide the round trip, few enough for a small function's memory. */
const PARALLEL_WRITES = 4;
const DAY_SECONDS = 86_400;

const compress = promisify(gzip);
const decompress = promisify(gunzip);

export const sha256 = (bytes: Uint8Array | string): string =>
  createHash('sha256').update(bytes).digest('hex');

/** A body as it is stored: within its item, or in pieces that are written before the item. */
export interface PackedBody {
  sha256: string;
  bytes: number;
  inline?: Uint8Array;
  pieces: Uint8Array[];
}

export async function packBody(raw: Uint8Array, inlineBytes = INLINE_BYTES): Promise<PackedBody> {
  const zipped = await compress(raw);
  const base = { sha256: sha256(raw), bytes: raw.byteLength };
  if (zipped.byteLength <= inlineBytes) return { ...base, inline: zipped, pieces: [] };
  const count = Math.ceil(zipped.byteLength / PIECE_BYTES);
  const pieces = Array.from({ length: count }, (_, i) =>
    zipped.subarray(i * PIECE_BYTES, (i + 1) * PIECE_BYTES),
  );
  return { ...base, pieces };
}

/**
 * Writes a body's pieces, each once: they are named by the body's hash, so a repeat finds them done and two
 * bodies never mix. An equal piece that would expire before `ttl` (epoch seconds) is renewed: its first owner
 * may be gone before ours.
 */
export async function writePieces(
  table: Table,
  chance: Chance,
  body: PackedBody,
  ttl: number,
): Promise<void> {
  const write = async (piece: Uint8Array, index: number): Promise<void> => {
    const item = { ...pieceKey(body.sha256, index), v: ITEM_VERSION, piece, ttl };
    try {
      await save<PieceItem>(table, item, 'absent', chance.token());
    } catch (error) {
      if (!(error instanceof LostRaceError)) throw error;
      const { found } = error;
      if (found?.ttl !== undefined && found.ttl >= ttl - DAY_SECONDS) return;
      await save<PieceItem>(table, item, found ? { tag: found.tag } : 'absent', chance.token());
    }
  };
  for (let start = 0; start < body.pieces.length; start += PARALLEL_WRITES) {
    const batch = body.pieces.slice(start, start + PARALLEL_WRITES);
    await Promise.all(batch.map((piece, offset) => write(piece, start + offset)));
  }
}

/** A stored body cannot be read back whole. */
export class BodyLostError extends Error {
  override name = 'BodyLostError';
}

export async function readPieces(table: Table, hash: string, count: number): Promise<Uint8Array> {
  const items = await Promise.all(Array.from({ length: count }, (_, i) => table.get(pieceKey(hash, i))));
  const parts = items.map((item) => {
    const { piece } = (item ?? {}) as Partial<PieceItem>;
    if (piece === undefined) throw new BodyLostError('a piece of a stored body is missing; was it deleted?');
    return piece;
  });
  const raw = new Uint8Array(await decompress(Buffer.concat(parts)));
  if (sha256(raw) !== hash) throw new BodyLostError('a stored body does not match its hash');
  return raw;
}

/** The raw body of an event, byte for byte as it came. */
export async function readBody(table: Table, event: EventItem): Promise<Uint8Array> {
  if (event.body !== undefined) return new Uint8Array(await decompress(event.body));
  return readPieces(table, event.body_sha256, event.body_pieces ?? 0);
}
