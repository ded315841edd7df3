// cspell:words Ltes
import { gzipSync } from 'node:zlib';
import { expect, it } from 'vitest';
import type { EventItem } from '../../../lambda/core/model/index.ts';
import { packBody, readBody } from '../../../lambda/core/store/body.ts';
import { isPackedSmall } from '../../../lambda/core/store/dictionary.ts';

const BODY = '{"event_id":"event-1","event_type":"run_complete","run":{"id":"run-1","status":"success"}}';
/** What this release stores for it, in base 64. */
const STORED = 'eLtesFUx';
const table = { get: () => Promise.reject(new Error('nothing else is read')) };
const read = async (body: Uint8Array) =>
  Buffer.from(await readBody(table, { body } as EventItem)).toString('utf8');

it('a stored body names the dictionary that it was packed by, which must never change', () => {
  const { inline = Buffer.of() } = packBody(Buffer.from(BODY));

  // A zlib header with the checksum of the dictionary: another text could not read what is stored.
  expect(Buffer.from(inline).subarray(0, 6).toString('base64')).toBe(STORED);
});

it('a body that an earlier release has stored as a gzip is read as well', async () => {
  expect(isPackedSmall(gzipSync(BODY))).toBe(false);
  expect(await read(gzipSync(BODY))).toBe(BODY);
});

it('a small body takes less than half of what a gzip of it takes', async () => {
  const { inline = Buffer.of() } = packBody(Buffer.from(BODY));

  expect(inline.byteLength).toBeLessThan(gzipSync(BODY).byteLength / 2);
  expect(await read(inline)).toBe(BODY);
});
