import { randomUUID } from 'node:crypto';
import { exampleEvent } from '../ops/send/example.ts';
import { signedHeaders } from '../ops/send/post.ts';

/** Signs the webhooks of a benchmark, and nothing else. */
export const SIGNING_SECRET = `whsec_${Buffer.from('a benchmark, and nothing').toString('base64')}`;

/** Bodies by their size, in bytes. */
export const SIZES = {
  '1 KB': 2 ** 10,
  '16 KB': 2 ** 14,
  '256 KB': 2 ** 18,
  '1 MB': 2 ** 20,
  '4 MiB': 2 ** 22,
};

const CUSTOMERS = ['Harbour Trading', 'Miller Pharmaceuticals', 'Green Residences', 'Lakeside Toys'];

/** A row of an output: the same each time, and no two alike, so that they compress as a table does. */
function rowOf(number: number): object {
  const mixed = Math.imul(number + 1, 2_654_435_761) >>> 0;
  const customer = CUSTOMERS[mixed % CUSTOMERS.length];
  return { invoice: `INV-${mixed}`, customer, amount: (mixed % 1_000_000) / 100, is_paid: mixed % 3 === 0 };
}

/** More than any row takes. */
const ROW_BYTES = 150;

/** The body of a webhook with ids of its own, whose output is a table. */
function bodyOf(bytes: number): string {
  const event = exampleEvent();
  const bodyWith = (rows: object[], note: string) =>
    JSON.stringify({ ...event, run: { ...event.run, output_data: { rows, note } } });
  const rows: object[] = [];
  for (let left = bytes - bodyWith([], '').length; left > ROW_BYTES; ) {
    const row = rowOf(rows.length);
    rows.push(row);
    left -= JSON.stringify(row).length + 1;
  }
  return bodyWith(rows, '-'.repeat(Math.max(0, bytes - bodyWith(rows, '').length)));
}

/** A signed delivery as API Gateway passes it on, in the parts that anyone reads. */
export function webhookOf(size: keyof typeof SIZES) {
  const body = bodyOf(SIZES[size]);
  const path = '/webhooks/cyberdesk';
  const headers = { 'content-type': 'application/json', 'content-length': String(body.length) };
  const http = { method: 'POST', path, protocol: 'HTTP/1.1', sourceIp: '198.51.100.9', userAgent: 'bench' };
  return {
    version: '2.0',
    rawPath: path,
    rawQueryString: '',
    headers: { ...headers, ...signedHeaders(SIGNING_SECRET, `msg_${randomUUID()}`, body) },
    requestContext: { http },
    body,
    isBase64Encoded: false,
  };
}

/** Messages in one batch of the event source. */
const BATCH = 5;

/** Batches as the event source passes them on, of messages that are received for the first time. */
export const batchesOf = (messages: readonly string[]) =>
  Array.from({ length: Math.ceil(messages.length / BATCH) }, (_, batch) => ({
    Records: messages.slice(batch * BATCH, (batch + 1) * BATCH).map((body) => ({
      messageId: randomUUID(),
      receiptHandle: 'bench',
      body,
      attributes: { ApproximateReceiveCount: '1', SentTimestamp: String(Date.now()) },
    })),
  }));
