import { createHmac, timingSafeEqual } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import { SIGNING_SECRET } from '../signing-secret.ts';

const key = Buffer.from(SIGNING_SECRET.replace('whsec_', ''), 'base64');

/** The least that any endpoint does with a webhook that it stores: Node.js alone, and no call. */
export async function handler({ headers, body = '' }: APIGatewayProxyEventV2) {
  const raw = Buffer.from(body);
  const signed = `${headers['svix-id']}.${headers['svix-timestamp']}.`;
  const mac = createHmac('sha256', key).update(signed).update(raw).digest();
  const given = Buffer.from(headers['svix-signature']?.replace('v1,', '') ?? '', 'base64');
  if (!timingSafeEqual(mac, given)) return { statusCode: 400 };
  JSON.parse(body);
  gzipSync(raw);
  return { statusCode: 200 };
}
