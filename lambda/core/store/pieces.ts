import { gunzipSync } from 'node:zlib';
import {
  DAY,
  ITEM_VERSION,
  type PieceItem,
  type PieceOwner,
  pieceKey,
  SECOND,
  sha256,
  type Table,
  ttlAfter,
} from '../model/index.ts';
import { type Store, update } from './compare-and-swap.ts';
import { isPackedSmall, unpackSmall } from './dictionary.ts';
import { peek } from './load.ts';

/** A DynamoDB item holds 400 KB including its keys. */
export const PIECE_BYTES = 350 * 1024;
/** Pieces written at once: enough to hide the round trip, few enough for the memory of a small function. */
const PARALLEL_WRITES = 4;

/** A body in pieces, named by the SHA-256 of its raw bytes. */
export interface Pieces {
  sha256: string;
  pieces: Uint8Array[];
  /** Under whose keys they are stored; an event's unless it says otherwise. */
  owner?: PieceOwner;
}

/**
 * Writes the pieces of a body, each of them once: they are named by the body's hash, so a repeat finds them in
 * place and two bodies never mix. A piece is written again if it would expire before `until` (epoch milliseconds;
 * its first owner may be gone before ours), or if its bytes differ: half a body that another version of zlib
 * packed does not fit ours.
 */
export async function writePieces(store: Store, body: Pieces, until: number): Promise<void> {
  const ttl = ttlAfter(until, 0);
  const write = (piece: Uint8Array, index: number) =>
    update<PieceItem>(store, undefined, (found) => {
      // A webhook that was erased and comes again. The body of a plan may be that of another event's as well.
      const isErased = found?.erased_at !== undefined && body.owner !== 'plan';
      const isGood =
        found && (found.ttl ?? 0) >= ttl - DAY / SECOND && Buffer.compare(found.piece, piece) === 0;
      return isErased || isGood
        ? undefined
        : { ...pieceKey(body.sha256, index, body.owner), v: ITEM_VERSION, piece, ttl };
    });
  for (let start = 0; start < body.pieces.length; start += PARALLEL_WRITES) {
    const batch = body.pieces.slice(start, start + PARALLEL_WRITES);
    await Promise.all(batch.map((piece, offset) => write(piece, start + offset)));
  }
}

/** What stands in place of a piece: DynamoDB has not always stored an empty value. */
const NOTHING = Uint8Array.of(0);

/** When something was erased, ISO 8601, and until when this is remembered, epoch milliseconds. */
export interface EraseMark {
  at: string;
  until: number;
}

/** Writes marks over the pieces of a body: roles may put items, and not delete them. */
export async function erasePieces(
  store: Store,
  body: { sha256: string; pieces: number; owner?: PieceOwner },
  { at, until }: EraseMark,
): Promise<void> {
  const mark = { v: ITEM_VERSION, piece: NOTHING, erased_at: at, ttl: ttlAfter(until, 0) };
  for (let index = 0; index < body.pieces; index += 1) {
    const key = pieceKey(body.sha256, index, body.owner);
    const piece = await peek<PieceItem>(store.table, key);
    await update<PieceItem>(store, piece, (found) =>
      found?.erased_at === undefined ? { ...key, ...mark } : undefined,
    );
  }
}

/** A stored body cannot be read back whole. */
export class BodyLostError extends Error {
  override name = 'BodyLostError';
}

/** More than a webhook or a plan may have. What a forged item unpacks to could be a thousand times its size. */
const LARGEST_BODY = 16 * 1024 * 1024;

/** @throws BodyLostError */
export function unpack(packed: Uint8Array): Uint8Array {
  const limit = { maxOutputLength: LARGEST_BODY };
  try {
    return new Uint8Array(isPackedSmall(packed) ? unpackSmall(packed, limit) : gunzipSync(packed, limit));
  } catch (cause) {
    throw new BodyLostError('a stored body is damaged', { cause });
  }
}

/** @throws BodyLostError */
export async function readPieces(
  table: Pick<Table, 'get'>,
  hash: string,
  count: number,
  owner?: PieceOwner,
): Promise<Uint8Array> {
  const keys = Array.from({ length: count }, (_, index) => pieceKey(hash, index, owner));
  const items = await Promise.all(keys.map((key) => peek<PieceItem>(table, key)));
  const zipped = items.map((item) => {
    if (!item)
      throw new BodyLostError(
        'a piece of a stored body is missing: it has expired (retention.bodyDays), or was deleted',
      );
    return item.piece;
  });
  const raw = unpack(Buffer.concat(zipped));
  if (sha256(raw) !== hash) throw new BodyLostError('a stored body does not match its hash');
  return raw;
}

/**
 * Keeps the pieces of something unfinished from expiring: those that would expire before `needed` get `until` as
 * their new expiry (both epoch milliseconds). A missing piece is for its reader to report.
 */
export async function renewPieces(
  store: Store,
  body: { sha256: string; pieces: number; owner?: PieceOwner },
  { needed, until }: { needed: number; until: number },
): Promise<void> {
  for (let index = 0; index < body.pieces; index += 1) {
    const piece = await peek<PieceItem>(store.table, pieceKey(body.sha256, index, body.owner));
    await update(store, piece, (found) =>
      found && (found.ttl ?? 0) < ttlAfter(needed, 0) ? { ...found, ttl: ttlAfter(until, 0) } : undefined,
    );
  }
}
