import { gzipSync } from 'node:zlib';
import { type EventItem, sha256, type Table } from '../model/index.ts';
import type { Store } from './compare-and-swap.ts';
import { packSmall } from './dictionary.ts';
import {
  BodyLostError,
  type EraseMark,
  erasePieces,
  PIECE_BYTES,
  type Pieces,
  readPieces,
  unpack,
} from './pieces.ts';

/** The largest raw body that is accepted, in bytes: Lambda's 6 MiB limit counts the escaped event around it. */
export const MAX_BODY_BYTES = 4 * 1024 * 1024;
/** A body that packs to this size is stored in the event item; write units are charged per KB. */
const INLINE_BYTES = 4 * 1024;
/** Larger ones are hardly ever packed to that, so that it is not tried. */
const LARGEST_TRIED = 64 * 1024;

/** A body as it is stored: in its item, or in pieces that are written before the item. */
export interface PackedBody extends Pieces {
  bytes: number;
  inline?: Uint8Array;
}

/** Synchronous: a sandbox has one webhook at a time, and 4 KB take less time than the detour through a thread. */
export function packBody(raw: Uint8Array, inlineBytes = INLINE_BYTES): PackedBody {
  const base = { sha256: sha256(raw), bytes: raw.byteLength };
  if (inlineBytes > 0 && raw.byteLength <= LARGEST_TRIED) {
    const inline = packSmall(raw);
    if (inline.byteLength <= inlineBytes) return { ...base, inline, pieces: [] };
  }
  // As a gzip: pieces are shared by all events with this body, and an earlier release may have stored one of them.
  const zipped = gzipSync(raw);
  const count = Math.ceil(zipped.byteLength / PIECE_BYTES);
  const pieces = Array.from({ length: count }, (_, i) =>
    zipped.subarray(i * PIECE_BYTES, (i + 1) * PIECE_BYTES),
  );
  return { ...base, pieces };
}

/** A person had the body erased; for those who need it, it is lost. */
export class BodyErasedError extends BodyLostError {
  override name = 'BodyErasedError';
  constructor(at: string) {
    super(`the body was erased at ${at}, at a person's request`);
  }
}

/** The raw body of an event, byte for byte as it was received. @throws BodyLostError */
export async function readBody(table: Pick<Table, 'get'>, event: EventItem): Promise<Uint8Array> {
  const { body, erased_at } = event;
  if (erased_at !== undefined) throw new BodyErasedError(erased_at);
  if (body !== undefined) return unpack(body);
  return readPieces(table, event.body_sha256, event.body_pieces ?? 0);
}

/** Erases what is stored of a body beside its event. */
export const eraseEventBody = (
  store: Store,
  { body_sha256: sha256, body_pieces: pieces = 0 }: EventItem,
  mark: EraseMark,
): Promise<void> => erasePieces(store, { sha256, pieces }, mark);
