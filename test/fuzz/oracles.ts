import { createHmac } from 'node:crypto';
import { Webhook } from 'svix';
import type { Draft, Secrets } from './request.ts';

const header = (draft: Draft, part: string) =>
  draft.headers[`svix-${part}`] ?? draft.headers[`webhook-${part}`] ?? '';

/** The verdict of Svix's library. */
export function acceptedBySvix(draft: Draft, { current, previous }: Secrets): boolean {
  return [current, previous].some((secret) => {
    try {
      new Webhook(secret).verify(Buffer.from(draft.body), {
        'svix-id': header(draft, 'id'),
        'svix-timestamp': header(draft, 'timestamp'),
        'svix-signature': header(draft, 'signature'),
      });
      return true;
    } catch {
      return false;
    }
  });
}

/** The verdict of the signature scheme, for the bytes that were really sent. */
export function acceptedByScheme(draft: Draft, { current, previous }: Secrets, nowMs: number): boolean {
  const [id, timestamp, signature] = [
    header(draft, 'id'),
    header(draft, 'timestamp'),
    header(draft, 'signature'),
  ];
  if (id === '' || !/^\d+$/.test(timestamp)) return false;
  if (Math.abs(Math.floor(nowMs / 1000) - Number(timestamp)) > 300) return false;
  const macs = [current, previous].map((secret) => {
    const key = Buffer.from(secret.slice('whsec_'.length), 'base64');
    return createHmac('sha256', key).update(`${id}.${timestamp}.`).update(draft.body).digest('base64');
  });
  return signature.split(' ').some((entry) => {
    const [version, mac] = entry.split(',');
    return version === 'v1' && mac !== undefined && macs.includes(mac);
  });
}
