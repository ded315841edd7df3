import { gunzipSync, gzipSync } from 'node:zlib';
import { type EventItem, sha256, type Table } from '../model/index.ts';
import { isPackedSmall, packSmall, unpackSmall } from './dictionary.ts';
import { PIECE_BYTES, type Pieces, readPieces } from './pieces.ts';

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

/** The raw body of an event, byte for byte as it was received. */
export async function readBody(table: Pick<Table, 'get'>, event: EventItem): Promise<Uint8Array> {
  const { body } = event;
  if (body !== undefined) return new Uint8Array(isPackedSmall(body) ? unpackSmall(body) : gunzipSync(body));
  return readPieces(table, event.body_sha256, event.body_pieces ?? 0);
}
