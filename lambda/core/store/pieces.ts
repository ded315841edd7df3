import { gunzipSync } from 'node:zlib';
import type { Expected, System, Table } from '../model/index.ts';
import { ITEM_VERSION, type PieceItem, pieceKey, sha256 } from '../model/index.ts';
import type { PackedBody } from './body.ts';
import { LostRaceError, save } from './compare-and-swap.ts';

/** A DynamoDB item holds 400 KB with its keys. */
export const PIECE_BYTES = 350 * 1024;
/** Pieces written at once: enough to hide the round trip, few enough for a small function's memory. */
const PARALLEL_WRITES = 4;
const DAY_SECONDS = 86_400;

/**
 * Writes a body's pieces, each once: they are named by the body's hash, so a repeat finds them done and two
 * bodies never mix. A piece is written again when it would expire before `ttl` (epoch seconds; its first owner
 * may be gone before ours), or when it is not ours byte for byte: half a body of another zlib does not fit ours.
 */
export async function writePieces(
  table: Table,
  system: System,
  body: PackedBody,
  ttl: number,
): Promise<void> {
  const write = async (piece: Uint8Array, index: number): Promise<void> => {
    const item = { ...pieceKey(body.sha256, index), v: ITEM_VERSION, piece, ttl };
    let expected: Expected = 'absent';
    for (;;) {
      try {
        await save<PieceItem>(table, item, expected, system.token());
        return;
      } catch (error) {
        if (!(error instanceof LostRaceError)) throw error;
        const found = error.found as PieceItem | undefined;
        if (found && (found.ttl ?? 0) >= ttl - DAY_SECONDS && Buffer.compare(found.piece, piece) === 0)
          return;
        expected = found ? { tag: found.tag } : 'absent';
      }
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

async function getPieces(table: Table, hash: string, count: number): Promise<PieceItem[]> {
  const keys = Array.from({ length: count }, (_, index) => pieceKey(hash, index));
  const items = await Promise.all(keys.map((key) => table.get(key)));
  if (items.some((item) => item === undefined)) {
    throw new BodyLostError('a piece of a stored body is missing; was it deleted?');
  }
  return items as PieceItem[];
}

export async function readPieces(table: Table, hash: string, count: number): Promise<Uint8Array> {
  const items = await getPieces(table, hash, count);
  let raw: Uint8Array;
  try {
    raw = new Uint8Array(gunzipSync(Buffer.concat(items.map(({ piece }) => piece))));
  } catch (cause) {
    throw new BodyLostError('a stored body is damaged', { cause });
  }
  if (sha256(raw) !== hash) throw new BodyLostError('a stored body does not match its hash');
  return raw;
}

/**
 * Lets the pieces of something unfinished outlive it: those that would expire before `needed` get a new expiry
 * of `ttl` (both epoch seconds). A lost race is somebody else's renewal; a lost piece is its reader's to report.
 */
export async function renewPieces(
  table: Table,
  system: System,
  body: { sha256: string; pieces: number },
  needed: number,
  ttl: number,
): Promise<void> {
  for (let index = 0; index < body.pieces; index += 1) {
    const found = (await table.get(pieceKey(body.sha256, index))) as PieceItem | undefined;
    if (!found || (found.ttl ?? 0) >= needed) continue;
    await save<PieceItem>(table, { ...found, ttl }, { tag: found.tag }, system.token()).catch((error) => {
      if (!(error instanceof LostRaceError)) throw error;
    });
  }
}
