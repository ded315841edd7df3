import { createHash } from 'node:crypto';
import { gunzipSync } from 'node:zlib';
import { isPackedSmall, unpackSmall } from '../../../lambda/core/store/dictionary.ts';

/** Longer texts are shown by their digest. */
const LONGEST_TEXT = 800;

const sha256 = (bytes: Uint8Array | string): string => createHash('sha256').update(bytes).digest('hex');

/** What a scenario did to the outside, in order, in a form that can be read. */
export class Journal {
  readonly #now: () => number;
  readonly #entries: Record<string, unknown>[] = [];

  constructor(now: () => number) {
    this.#now = now;
  }

  note(what: string, value: unknown): void {
    this.#entries.push({ at: this.#now(), [what]: readable(value) });
  }

  forget(): void {
    this.#entries.length = 0;
  }

  /** Of the items that are left only the names: each is as its last put made it. */
  close(items: readonly { pk: string; sk: string; tag: string }[], rest: object) {
    const record = {
      steps: this.#entries,
      end: { ...rest, items: items.map(({ pk, sk, tag }) => [pk, sk, tag]), bodies: bodiesOf(items) },
    };
    return withNumberedTokens(record);
  }
}

/** Texts that are long and bytes that are many are digests; a gzip is what is in it. */
function readable(value: unknown): unknown {
  if (value instanceof Uint8Array) return readableBytes(value);
  if (typeof value === 'string' && value.length > LONGEST_TEXT)
    return { $characters: value.length, $sha256: sha256(value) };
  if (Array.isArray(value)) return value.map(readable);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, entry]) => [key, readable(entry)]));
}

/** The bytes of a packed body are zlib's matter, and differ between its versions. */
function readableBytes(bytes: Uint8Array): unknown {
  try {
    if (isPackedSmall(bytes)) return { $packed: readable(Buffer.from(unpackSmall(bytes)).toString('utf8')) };
    return { $gzip: readable(gunzipSync(bytes).toString('utf8')) };
  } catch {
    return { $part_of_gzip: true };
  }
}

/** Bodies that are kept in pieces, put together. */
function bodiesOf(items: readonly object[]): unknown[] {
  const pieces = items as { pk: string; piece?: Uint8Array }[];
  const names = new Set(pieces.filter(({ piece }) => piece).map(({ pk }) => pk.replace(/\/\d+$/, '')));
  return [...names].map((name) => {
    const parts = pieces
      .filter(({ pk }) => pk.startsWith(`${name}/`))
      .sort((a, b) => Number(a.pk.split('/')[1]) - Number(b.pk.split('/')[1]));
    const raw = gunzipSync(Buffer.concat(parts.map(({ piece }) => piece as Uint8Array)));
    const first = parts[0]?.piece?.byteLength ?? 0;
    return {
      name,
      pieces: parts.length,
      ...(parts.length > 1 && { piece_bytes: first }),
      bytes: raw.byteLength,
      sha256: sha256(raw),
    };
  });
}

/** Tokens are random in earnest: they are numbered by where they are first written, not by when they were drawn. */
function withNumberedTokens<T>(record: T): T {
  const numbers = new Map<string, string>();
  const text = JSON.stringify(record).replace(/token-\d+/g, (token) => {
    const number = numbers.get(token) ?? `token#${numbers.size + 1}`;
    numbers.set(token, number);
    return number;
  });
  return JSON.parse(text);
}
