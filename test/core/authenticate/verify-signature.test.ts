import { createHmac } from 'node:crypto';
import { Webhook } from 'svix';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { deliveryHeaders, verifySignature } from '../../../lambda/core/authenticate/verify-signature.ts';

const NOW = 1_764_064_800;
const KEY = `whsec_${Buffer.from('a signing key of 24 byte').toString('base64')}`;
const OTHER = `whsec_${Buffer.from('another key of 24 bytes.').toString('base64')}`;
const body = Buffer.from('{"a":"ä"}');
const ofSvix = (key: string, at = NOW, id = 'msg_1') =>
  new Webhook(key).sign(id, new Date(at * 1000), body.toString());
const ofNode = (key: string, at: number | string = NOW, id = 'msg_1') =>
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

describe('verifySignature', () => {
  it('agrees with svix and with node:crypto', () => {
    expect(ofSvix(KEY)).toBe(ofNode(KEY));
    expect(verifySignature(body, headers(ofSvix(KEY)), { current: KEY })).toBe('current');
    expect(verifySignature(body, headers(ofNode(KEY)), { current: KEY })).toBe('current');
  });

  it('says which key has signed, the current one first', () => {
    const keys = { current: KEY, previous: OTHER };
    expect(verifySignature(body, headers(ofSvix(OTHER)), keys)).toBe('previous');
    expect(verifySignature(body, headers(`${ofSvix(OTHER)} ${ofSvix(KEY)}`), keys)).toBe('current');
    expect(verifySignature(body, headers(`v1a,xyz ${ofSvix(OTHER)}`), keys)).toBe('previous');
    expect(verifySignature(body, headers(ofSvix(OTHER)), { current: KEY })).toBeUndefined();
    expect(verifySignature(body, headers(ofSvix(KEY)), { previous: KEY })).toBe('previous');
    expect(verifySignature(body, headers(ofSvix(KEY)), {})).toBeUndefined();
  });

  it('takes a timestamp within five minutes, either way', () => {
    for (const [off, ok] of [
      [-300, true],
      [300, true],
      [-301, false],
      [301, false],
    ] as const) {
      const at = NOW + off;
      expect(verifySignature(body, headers(ofNode(KEY, at), at), { current: KEY }) === 'current').toBe(ok);
    }
  });

  it.each([`${NOW}abc`, `0${NOW}`, `+${NOW}`, ` ${NOW}`, `${NOW}.0`, `${NOW} `])(
    'refuses the timestamp %j, which svix reads as another text than was sent',
    (timestamp) => {
      const sent = headers(ofNode(KEY, NOW), timestamp);
      const bySvix = { 'svix-id': sent.id, 'svix-timestamp': timestamp, 'svix-signature': sent.signature };
      expect(() => new Webhook(KEY).verify(body, bySvix)).not.toThrow();
      expect(verifySignature(body, sent, { current: KEY })).toBeUndefined();
      expect(verifySignature(body, headers(ofNode(KEY, timestamp), timestamp), { current: KEY })).toBe(
        undefined,
      );
    },
  );

  it.each(['', 'x', '0', `${NOW}000`, '-5', '1e9'])('refuses the timestamp %j', (timestamp) => {
    expect(
      verifySignature(body, headers(ofNode(KEY, timestamp), timestamp), { current: KEY }),
    ).toBeUndefined();
  });

  it('refuses any change of body, id or signature', () => {
    const good = headers(ofSvix(KEY));
    expect(verifySignature(Buffer.from('{"a":"b"}'), good, { current: KEY })).toBeUndefined();
    expect(verifySignature(body, { ...good, id: 'msg_2' }, { current: KEY })).toBeUndefined();
    expect(
      verifySignature(body, { ...good, signature: good.signature.slice(0, -2) }, { current: KEY }),
    ).toBeUndefined();
    for (const signature of ['', 'v1,', 'v1', 'v2,x', 'v1,????', ' ', good.signature.slice(3)]) {
      expect(verifySignature(body, { ...good, signature }, { current: KEY }), signature).toBeUndefined();
    }
  });

  it('refuses bytes that are no UTF-8: two bodies could look alike', () => {
    const raw = Buffer.from([0x7b, 0xff, 0x7d]);
    const signature = new Webhook(KEY).sign('msg_1', new Date(NOW * 1000), raw.toString());
    expect(verifySignature(raw, headers(signature), { current: KEY })).toBeUndefined();
  });
});

describe('deliveryHeaders', () => {
  const of = (prefix: string) => ({
    [`${prefix}-id`]: `${prefix} id`,
    [`${prefix}-timestamp`]: '1',
    [`${prefix}-signature`]: 's',
  });

  it('knows both spellings, svix first, and wants all three', () => {
    expect(deliveryHeaders(of('svix'))).toEqual({ id: 'svix id', timestamp: '1', signature: 's' });
    expect(deliveryHeaders(of('webhook'))?.id).toBe('webhook id');
    expect(deliveryHeaders({ ...of('webhook'), ...of('svix') })?.id).toBe('svix id');
    expect(deliveryHeaders({ ...of('webhook'), 'svix-id': 'x' })).toEqual({
      id: 'x',
      timestamp: '1',
      signature: 's',
    });
    for (const part of ['id', 'timestamp', 'signature']) {
      expect(deliveryHeaders({ ...of('svix'), [`svix-${part}`]: undefined })).toBeUndefined();
      expect(deliveryHeaders({ ...of('svix'), [`svix-${part}`]: '' })).toBeUndefined();
    }
    expect(deliveryHeaders({})).toBeUndefined();
  });
});
