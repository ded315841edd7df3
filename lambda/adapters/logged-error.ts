import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { framesOf, wordOr } from '../core/model/index.ts';

type Described = Readonly<Record<string, unknown>>;

/**
 * What may be logged of something thrown. Of an error: name, code, request id, status and stack frames, as an SDK error may also
 * hold the item of a failed condition, and an HTTP error its body. Of anything else its type, as a text may quote anything.
 */
export function describeError(thrown: unknown, causes = MOST_CAUSES): Described {
  try {
    return thrown instanceof Error ? describe(thrown, causes) : { name: `a ${typeof thrown}` };
  } catch {
    // An object may throw when it is looked at.
    return { name: 'unreadable' };
  }
}

/** An error may be its own cause. */
const MOST_CAUSES = 5;

const describe = (error: Error, causes: number): Described => ({
  name: wordOr(error.name, 'Error'),
  ...('code' in error && error.code !== undefined && { code: wordOr(String(error.code), 'unreadable') }),
  ...('$metadata' in error && requestOf(error.$metadata)),
  stack: framesOf(error).join('\n'),
  ...(error.cause instanceof Error && causes > 0 && { cause: describeError(error.cause, causes - 1) }),
});

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
