import { Webhook } from 'svix';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import {
  deliveryHeaders,
  type Headers,
  type Signer,
  verifySignature,
} from '../../../lambda/core/authenticate/verify-signature.ts';

const NOW = 1_764_064_800;
const KEY = `whsec_${Buffer.from('a signing key of 24 byte').toString('base64')}`;
const BODY = Buffer.from('{"a":1}');
const SIGNATURE = new Webhook(KEY).sign('msg_1', new Date(NOW * 1000), BODY.toString());
const GOOD: Headers = { 'svix-id': 'msg_1', 'svix-timestamp': `${NOW}`, 'svix-signature': SIGNATURE };
const RENAMED: Headers = {
  'webhook-id': 'msg_1',
  'webhook-timestamp': `${NOW}`,
  'webhook-signature': SIGNATURE,
};

beforeEach(() => void vi.useFakeTimers({ now: NOW * 1000 }));
afterEach(() => void vi.useRealTimers());

function signerOf(headers: Headers, body: Uint8Array = BODY): Signer | undefined {
  const delivery = deliveryHeaders(headers);
  return delivery && verifySignature(body, delivery, { current: KEY });
}

it.each<[string, Headers]>([
  ['in the usual headers', GOOD],
  ['in the headers of a white-labelled sender', RENAMED],
  ['beside another id under the other prefix', { ...GOOD, 'webhook-id': 'msg_other' }],
  [
    'with one header under the other prefix',
    { ...GOOD, 'svix-signature': undefined, 'webhook-signature': SIGNATURE },
  ],
  ['after one that does not fit', { ...GOOD, 'svix-signature': `v1,AAAA ${SIGNATURE}` }],
])('a true signature is accepted %s', (_, headers) => {
  expect(signerOf(headers)).toBe('current');
});

it.each<[string, Headers]>([
  ['with another id under the first prefix', { ...RENAMED, 'svix-id': 'msg_other' }],
  ['with an empty id under the first prefix', { ...RENAMED, ...GOOD, 'svix-id': '' }],
  ['after one that was joined to it by a comma', { ...GOOD, 'svix-signature': `v1,AAAA,${SIGNATURE}` }],
  ['with an id that was sent twice', { ...GOOD, 'svix-id': 'msg_1,msg_1' }],
  ['with a timestamp that was sent twice', { ...GOOD, 'svix-timestamp': `${NOW},${NOW}` }],
  ['with a dot between id and timestamp that was moved', { ...GOOD, 'svix-id': `msg_1.${NOW}` }],
  ['of another version', { ...GOOD, 'svix-signature': SIGNATURE.replace('v1,', 'v1a,') }],
  ['that was cut off', { ...GOOD, 'svix-signature': 'v1,' }],
  ['instead of which there are 10,000 others', { ...GOOD, 'svix-signature': 'v1,AAAA '.repeat(10_000) }],
])('a signature is refused %s', (_, headers) => {
  expect(signerOf(headers)).toBeUndefined();
});

it.each([
  ['with a byte order mark before it', Buffer.concat([Buffer.from([0xef, 0xbb, 0xbf]), BODY])],
  ['that is not text', Buffer.from([0xff, 0xfe])],
])('a signature does not hold for a body %s', (_, body) => {
  expect(signerOf(GOOD, body)).toBeUndefined();
});
