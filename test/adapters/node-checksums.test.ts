import { createHash, createHmac } from 'node:crypto';
import fc from 'fast-check';
import { Webhook } from 'svix';
import { expect, it } from 'vitest';
import { hmac, Md5, Sha256 } from '../../lambda/adapters/node-checksums.ts';

const piece = fc.oneof(fc.string({ unit: 'grapheme' }), fc.uint8Array({ maxLength: 200 }));
const secret = fc.oneof(fc.string(), fc.uint8Array({ maxLength: 200 }));

/** What the SDK does with a checksum: pieces, then the digest, which it may ask for twice. */
async function digests(checksum: Sha256 | Md5, pieces: readonly (string | Uint8Array)[]): Promise<string[]> {
  for (const one of pieces) checksum.update(one);
  return [await checksum.digest(), await checksum.digest()].map((digest) =>
    Buffer.from(digest).toString('hex'),
  );
}

it('the SDK gets the checksums that Node.js computes, whatever the pieces of the data', () =>
  fc.assert(
    fc.asyncProperty(fc.array(piece), secret, async (pieces, key) => {
      const data = Buffer.concat(pieces.map((one) => Buffer.from(one)));
      const [sha256, md5] = ['sha256', 'md5'].map((name) => createHash(name).update(data).digest('hex'));
      const mac = createHmac('sha256', key).update(data).digest('hex');

      expect(await digests(new Sha256(), pieces)).toEqual([sha256, sha256]);
      expect(await digests(new Sha256(key), pieces)).toEqual([mac, mac]);
      expect(await digests(new Md5(), pieces)).toEqual([md5, md5]);
    }),
  ));

it('a checksum that was reset has seen nothing', async () => {
  const checksum = new Sha256();
  checksum.update('before');
  checksum.reset();

  expect(await digests(checksum, ['after'])).toEqual(await digests(new Sha256(), ['after']));
});

it('a checksum says how long its digests are', async () => {
  for (const checksum of [new Sha256(), new Sha256('secret'), new Md5()])
    expect((await checksum.digest()).byteLength).toBe(checksum.digestLength);
});

it('a signature is the one that svix computes in plain JavaScript, whatever the key and the body', () =>
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 1, maxLength: 200 }), fc.string(), (key, body) => {
      const at = new Date(1_700_000_000_000);
      const signed = Buffer.from(`id.${at.getTime() / 1000}.${body}`);
      const [, signature] = new Webhook(key, { format: 'raw' }).sign('id', at, body).split(',');

      expect(Buffer.from(hmac(key, signed)).toString('base64')).toBe(signature);
    }),
  ));
