import { createHmac } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import type { APIGatewayProxyEventV2 } from 'aws-lambda';

/** The least that any endpoint does with a webhook that it stores: Node.js alone, and no call. */
export async function handler({ body = '' }: APIGatewayProxyEventV2) {
  const raw = Buffer.from(body);
  createHmac('sha256', 'key').update(raw).digest('base64');
  JSON.parse(body);
  gzipSync(raw);
  return { statusCode: 200 };
}
