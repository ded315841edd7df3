import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { framesOf, wordOr } from '../core/model/index.ts';

type Described = Readonly<Record<string, unknown>>;

/**
 * What may be logged of something thrown. Of an error: name, code, request id, status and stack frames, as an SDK error may also
 * hold the item of a failed condition, and an HTTP error its body. Of anything else its type, as a text may quote anything.
 */
export const describeError = (thrown: unknown): Described =>
  thrown instanceof Error
    ? {
        name: wordOr(thrown.name, 'Error'),
        ...('code' in thrown &&
          thrown.code !== undefined && { code: wordOr(String(thrown.code), 'unreadable') }),
        ...('$metadata' in thrown && requestOf(thrown.$metadata)),
        stack: framesOf(thrown).join('\n'),
        ...(thrown.cause instanceof Error && { cause: describeError(thrown.cause) }),
      }
    : { name: `a ${typeof thrown}` };

/** What the SDK says about the request that failed. */
const requestOf = (metadata: unknown): Described =>
  typeof metadata === 'object' && metadata !== null
    ? {
        aws_request_id: 'requestId' in metadata ? metadata.requestId : undefined,
        http_status: 'httpStatusCode' in metadata ? metadata.httpStatusCode : undefined,
      }
    : {};

let digest: string | undefined;

/** Identifies the bundle that this file is a part of, as each release has its own. */
export function bundleDigest(): string {
  digest ??= createHash('sha256')
    .update(readFileSync(import.meta.filename))
    .digest('hex')
    .slice(0, 16);
  return digest;
}
