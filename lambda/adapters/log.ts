import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { LogFormatter, Logger, LogItem } from '@aws-lambda-powertools/logger';
import type { LogAttributes, UnformattedAttributes } from '@aws-lambda-powertools/logger/types';
import { framesOf, wordOr } from '../core/model/index.ts';

/**
 * Formats log lines. Of an error it writes only name, code, request id, status and stack frames: an SDK error may also
 * hold the item of a failed condition, and an HTTP error its body.
 */
class PrivateFormatter extends LogFormatter {
  override formatAttributes(attributes: UnformattedAttributes, additional: LogAttributes): LogItem {
    const { logLevel, message, serviceName, lambdaContext, timestamp } = attributes;
    return new LogItem({
      attributes: {
        level: logLevel,
        message,
        timestamp: this.formatTimestamp(timestamp),
        service: serviceName,
        request_id: lambdaContext?.awsRequestId,
        xray_trace_id: sampledTrace(),
        ...additional,
        // Frames are then positions in the bundle, which the `logs` verb leads back to the sources.
        ...('error' in additional && !process.sourceMapsEnabled && { bundle: bundleDigest() }),
        // A thrown value that is not an error: a text may quote anything.
        ...('extra' in additional && { extra: `a ${typeof additional.extra}` }),
      },
    });
  }

  override formatError(error: Error): LogAttributes {
    return {
      name: wordOr(error.name, 'Error'),
      ...('code' in error && error.code !== undefined && { code: wordOr(String(error.code), 'unreadable') }),
      ...('$metadata' in error && requestOf(error.$metadata)),
      stack: framesOf(error).join('\n'),
      ...(error.cause instanceof Error && { cause: this.formatError(error.cause) }),
    };
  }
}

/** The trace of this invocation, if X-Ray keeps it: of most it does not, and a link to one would lead nowhere. */
function sampledTrace(): string | undefined {
  const parts = process.env._X_AMZN_TRACE_ID?.split(';') ?? [];
  if (!parts.includes('Sampled=1')) return undefined;
  return parts.find((part) => part.startsWith('Root='))?.slice('Root='.length);
}

let digest: string | undefined;

/** Identifies the bundle that this file is a part of, as each release has its own. */
function bundleDigest(): string {
  digest ??= createHash('sha256')
    .update(readFileSync(import.meta.filename))
    .digest('hex')
    .slice(0, 16);
  return digest;
}

/** What the SDK says about the request that failed. */
const requestOf = (metadata: unknown): LogAttributes =>
  typeof metadata === 'object' && metadata !== null
    ? {
        aws_request_id: 'requestId' in metadata ? metadata.requestId : undefined,
        http_status: 'httpStatusCode' in metadata ? metadata.httpStatusCode : undefined,
      }
    : {};

/** A logger whose lines contain ids, codes and numbers, never payload. */
export const createLogger = (): Logger => new Logger({ logFormatter: new PrivateFormatter() });
