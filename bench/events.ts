import { randomUUID } from 'node:crypto';
import type { APIGatewayProxyEventV2, SQSEvent } from 'aws-lambda';
import { exampleEvent } from '../ops/send/example.ts';
import { signedHeaders } from '../ops/send/post.ts';
import { SIGNING_SECRET } from './signing-secret.ts';

/** The sizes of bodies, in bytes. */
export const SIZES = { '1 KB': 1024, '16 KB': 16_384, '256 KB': 262_144, '1 MB': 1_048_576 };

/** The body of a webhook with its own ids; its output is a table, as most outputs are, of about this many bytes. */
export function bodyOf(bytes: number): string {
  const event = exampleEvent();
  const fixed = JSON.stringify({
    ...event,
    run: { ...event.run, output_data: { rows: [], note: '' } },
  }).length;
  const rows: object[] = [];
  let left = bytes - fixed;
  for (let number = 0; left > ROW_BYTES; number += 1) {
    const row = rowOf(number);
    rows.push(row);
    left -= JSON.stringify(row).length + 1;
  }
  const output_data = { rows, note: '-'.repeat(Math.max(0, left)) };
  return JSON.stringify({ ...event, run: { ...event.run, output_data } });
}

/** More than any row takes. */
const ROW_BYTES = 200;

const CUSTOMERS = ['Northwind Traders', 'Contoso Pharmaceuticals', 'Fabrikam Residences', 'Tailspin Toys'];

/** The same each time, and no two alike, so that it compresses as a table does. */
function rowOf(number: number): object {
  const mixed = Math.imul(number + 1, 2_654_435_761) >>> 0;
  return {
    invoice: `INV-${mixed}`,
    customer: CUSTOMERS[mixed % CUSTOMERS.length],
    amount: (mixed % 1_000_000) / 100,
    due: new Date(mixed * 100).toISOString().slice(0, 10),
    is_paid: mixed % 3 === 0,
  };
}

/** A signed delivery as API Gateway passes it on. */
export function webhookOf(bytes: number): APIGatewayProxyEventV2 {
  const body = bodyOf(bytes);
  const path = '/webhooks/cyberdesk';
  const signed = signedHeaders(SIGNING_SECRET, `msg_${randomUUID()}`, body);
  return {
    version: '2.0',
    routeKey: `POST ${path}`,
    rawPath: path,
    rawQueryString: '',
    headers: { 'content-type': 'application/json', 'content-length': String(body.length), ...signed },
    requestContext: contextOf(path),
    body,
    isBase64Encoded: false,
  };
}

const contextOf = (path: string): APIGatewayProxyEventV2['requestContext'] => ({
  accountId: '000000000000',
  apiId: 'bench',
  domainName: 'localhost',
  domainPrefix: 'localhost',
  http: { method: 'POST', path, protocol: 'HTTP/1.1', sourceIp: '198.51.100.9', userAgent: 'bench' },
  requestId: 'bench',
  routeKey: `POST ${path}`,
  stage: '$default',
  time: new Date().toISOString(),
  timeEpoch: Date.now(),
});

/** A batch of messages as the event source passes it on, each of them received for the first time. */
export const batchOf = (messages: readonly string[]): SQSEvent => ({
  Records: messages.map((body) => ({
    messageId: randomUUID(),
    receiptHandle: 'bench',
    body,
    attributes: {
      ApproximateReceiveCount: '1',
      SentTimestamp: String(Date.now()),
      SenderId: 'bench',
      ApproximateFirstReceiveTimestamp: String(Date.now()),
    },
    messageAttributes: {},
    md5OfBody: '',
    eventSource: 'aws:sqs',
    eventSourceARN: 'arn:aws:sqs:us-east-1:000000000000:events',
    awsRegion: 'us-east-1',
  })),
});
