import { createHmac } from 'node:crypto';
import fc from 'fast-check';
import { Webhook } from 'svix';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { deliveryHeaders, verifySignature } from '../../../lambda/core/authenticate/verify-signature.ts';

const NOW = 1_764_064_800;
const KEY = `whsec_${Buffer.from('a signing key of 24 byte').toString('base64')}`;
const OTHER = `whsec_${Buffer.from('another key of 24 bytes.').toString('base64')}`;
const body = Buffer.from('{"a":"ä"}');
const signedBySvix = (key: string, at = NOW, id = 'msg_1') =>
  new Webhook(key).sign(id, new Date(at * 1000), body.toString());
const signedByNode = (key: string, at: number | string = NOW, id = 'msg_1') =>
  `v1,${createHmac('sha256', Buffer.from(key.slice(6), 'base64'))
    .update(`${id}.${at}.`)
    .update(body)
    .digest('base64')}`;
const headers = (signature: string, timestamp: number | string = NOW, id = 'msg_1') => ({
  id,
  timestamp: String(timestamp),
  signature,
});

beforeEach(() => void vi.useFakeTimers({ now: NOW * 1000 }));
afterEach(() => void vi.useRealTimers());

it('signature verification agrees with svix and with node:crypto', () => {
  expect(signedBySvix(KEY)).toBe(signedByNode(KEY));
  expect(verifySignature(body, headers(signedBySvix(KEY)), { current: KEY })).toBe('current');
  expect(verifySignature(body, headers(signedByNode(KEY)), { current: KEY })).toBe('current');
});

it('signature verification returns which key has signed, the current one first', () => {
  const keys = { current: KEY, previous: OTHER };

  expect(verifySignature(body, headers(signedBySvix(OTHER)), keys)).toBe('previous');
  expect(verifySignature(body, headers(`${signedBySvix(OTHER)} ${signedBySvix(KEY)}`), keys)).toBe('current');
  expect(verifySignature(body, headers(`v1a,xyz ${signedBySvix(OTHER)}`), keys)).toBe('previous');
  expect(verifySignature(body, headers(signedBySvix(OTHER)), { current: KEY })).toBeUndefined();
  expect(verifySignature(body, headers(signedBySvix(KEY)), { previous: KEY })).toBe('previous');
  expect(verifySignature(body, headers(signedBySvix(KEY)), {})).toBeUndefined();
});

it('a timestamp is accepted within five minutes in either direction', () => {
  for (const [off, ok] of [
    [-300, true],
    [300, true],
    [-301, false],
    [301, false],
  ] as const) {
    const at = NOW + off;
    expect(verifySignature(body, headers(signedByNode(KEY, at), at), { current: KEY }) === 'current').toBe(
      ok,
    );
  }
});

it.each([`${NOW}abc`, `0${NOW}`, `+${NOW}`, ` ${NOW}`, `${NOW}.0`, `${NOW} `])(
  'the timestamp %j is refused, although svix reads it as a valid number',
  (timestamp) => {
    const sent = headers(signedByNode(KEY, NOW), timestamp);
    const bySvix = { 'svix-id': sent.id, 'svix-timestamp': timestamp, 'svix-signature': sent.signature };

    expect(() => new Webhook(KEY).verify(body, bySvix)).not.toThrow();
    expect(verifySignature(body, sent, { current: KEY })).toBeUndefined();
    expect(verifySignature(body, headers(signedByNode(KEY, timestamp), timestamp), { current: KEY })).toBe(
      undefined,
    );
  },
);

it.each(['', 'x', '0', `${NOW}000`, '-5', '1e9'])('the malformed timestamp %j is refused', (timestamp) => {
  expect(
    verifySignature(body, headers(signedByNode(KEY, timestamp), timestamp), { current: KEY }),
  ).toBeUndefined();
});

it('any change of body, id or signature is refused', () => {
  const good = headers(signedBySvix(KEY));

  expect(verifySignature(Buffer.from('{"a":"b"}'), good, { current: KEY })).toBeUndefined();
  expect(verifySignature(body, { ...good, id: 'msg_2' }, { current: KEY })).toBeUndefined();
  expect(
    verifySignature(body, { ...good, signature: good.signature.slice(0, -2) }, { current: KEY }),
  ).toBeUndefined();

  for (const signature of ['', 'v1,', 'v1', 'v2,x', 'v1,????', ' ', good.signature.slice(3)]) {
    expect(verifySignature(body, { ...good, signature }, { current: KEY }), signature).toBeUndefined();
  }
});

it('a body that is not UTF-8 is refused, because two bodies could look the same as text', () => {
  const raw = Buffer.from([0x7b, 0xff, 0x7d]);
  const signature = new Webhook(KEY).sign('msg_1', new Date(NOW * 1000), raw.toString());

  expect(verifySignature(raw, headers(signature), { current: KEY })).toBeUndefined();
});

const headersOf = (prefix: string) => ({
  [`${prefix}-id`]: `${prefix} id`,
  [`${prefix}-timestamp`]: '1',
  [`${prefix}-signature`]: 's',
});

it('delivery headers are read in both spellings, svix first, and only if all three are present', () => {
  expect(deliveryHeaders(headersOf('svix'))).toEqual({ id: 'svix id', timestamp: '1', signature: 's' });
  expect(deliveryHeaders(headersOf('webhook'))?.id).toBe('webhook id');
  expect(deliveryHeaders({ ...headersOf('webhook'), ...headersOf('svix') })?.id).toBe('svix id');
  expect(deliveryHeaders({ ...headersOf('webhook'), 'svix-id': 'x' })).toEqual({
    id: 'x',
    timestamp: '1',
    signature: 's',
  });

  for (const part of ['id', 'timestamp', 'signature']) {
    expect(deliveryHeaders({ ...headersOf('svix'), [`svix-${part}`]: undefined })).toBeUndefined();
    expect(deliveryHeaders({ ...headersOf('svix'), [`svix-${part}`]: '' })).toBeUndefined();
  }
  expect(deliveryHeaders({})).toBeUndefined();
});

it('a large body is judged by the hash of Node.js as svix judges it', () => {
  const text = fc.oneof(fc.string({ unit: 'binary' }), fc.json());
  const signature = fc.oneof(
    fc.constantFrom('v1,', 'v1', 'v1a,AAAA', 'v1,AAAA'),
    fc.constantFrom(
      'own',
      'of another id',
      'of another body',
      'of another key',
      'joined',
      'own and more',
      'of another version',
    ),
    fc.string(),
  );
  const offset = fc.constantFrom(0, 299, 300, 301, -299, -300, -301, 1000);
  fc.assert(
    fc.property(text, fc.array(signature, { maxLength: 3 }), offset, (sent, kinds, seconds) => {
      const [raw, at] = [Buffer.from(sent), NOW + seconds];
      const sign = (key: string, id: string, signed: string) =>
        new Webhook(key).sign(id, new Date(at * 1000), signed);
      const own = sign(KEY, 'msg_1', raw.toString());
      const made: Record<string, string> = {
        own,
        'of another id': sign(KEY, 'msg_2', raw.toString()),
        'of another body': sign(KEY, 'msg_1', `${raw} `),
        'of another key': sign(OTHER, 'msg_1', raw.toString()),
        joined: `${own},${own}`,
        'own and more': `${own}AAAA`,
        'of another version': own.replace('v1,', 'v2,'),
      };
      const given = headers(kinds.map((kind) => made[kind] ?? kind).join(' '), at);
      const judged = [0, Number.POSITIVE_INFINITY].map((large) =>
        verifySignature(raw, given, { current: KEY }, large),
      );

      expect(judged[0]).toBe(judged[1]);
    }),
    {
      numRuns: 200,
      examples: [
        ['{}', ['own'], 0],
        ['', ['own'], 300],
        ['{}', ['own'], 301],
        ['{}', ['of another version'], 0],
      ],
    },
  );
});

it('a body of 256 KB is accepted with a true signature, and refused with a byte changed', () => {
  const large = Buffer.alloc(256_000, '{"a":1}');
  const signature = new Webhook(KEY).sign('msg_1', new Date(NOW * 1000), large.toString());
  const changed = Buffer.from(large);
  changed[200_000] = 0x20;

  expect(verifySignature(large, headers(signature), { current: OTHER, previous: KEY })).toBe('previous');
  expect(verifySignature(changed, headers(signature), { current: KEY })).toBeUndefined();
});
