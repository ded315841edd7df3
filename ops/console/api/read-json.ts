import type { IncomingMessage } from 'node:http';
import { BadArgumentError } from '../../errors.ts';

/** Far more than any call needs, an edited event included. Bytes. */
const LIMIT = 1024 * 1024;

/** @throws BadArgumentError unless the body is JSON and says so; saying so keeps plain forms of other sites out, too */
export async function readJson(request: IncomingMessage): Promise<unknown> {
  const type = request.headers['content-type'] ?? '';
  if (!/^application\/json\s*(;|$)/i.test(type))
    throw new BadArgumentError('The body must be application/json.');
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > LIMIT) throw new BadArgumentError(`The body is larger than ${LIMIT} bytes.`);
    chunks.push(chunk);
  }
  try {
    return JSON.parse(Buffer.concat(chunks).toString());
  } catch {
    // The parser's own message quotes the body.
    throw new BadArgumentError('The body is not JSON.');
  }
}
