import type { IncomingMessage } from 'node:http';
import { BadArgumentError } from '../../errors.ts';
import { BodyTooLargeError, readBody } from '../../http/index.ts';

/** Far more than any call needs, including an edited event. Bytes. */
const LIMIT = 1024 * 1024;

/**
 * Reads a JSON body.
 *
 * @throws BadArgumentError unless the body is JSON and its content type says so; requiring the type also keeps out plain
 * forms of other websites
 */
export async function readJson(request: IncomingMessage): Promise<unknown> {
  const type = request.headers['content-type'] ?? '';
  if (!/^application\/json\s*(;|$)/i.test(type))
    throw new BadArgumentError('the body must be application/json');
  const bytes = await readBody(request, LIMIT).catch((error: Error) => {
    throw error instanceof BodyTooLargeError ? new BadArgumentError(error.message, { cause: error }) : error;
  });
  try {
    return JSON.parse(bytes.toString());
  } catch {
    // The parser's own message quotes the body.
    throw new BadArgumentError('the body is not JSON');
  }
}
