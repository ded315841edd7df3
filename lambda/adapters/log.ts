import { LogFormatter, Logger, LogItem } from '@aws-lambda-powertools/logger';
import type { LogAttributes, UnformattedAttributes } from '@aws-lambda-powertools/logger/types';

/**
 * Formats log lines, and of an error only name, code, request id and stack: an SDK error also holds the item of a
 * failed condition, and an HTTP error its body.
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
        ...additional,
      },
    });
  }

  override formatError(error: Error): LogAttributes {
    const { code, $metadata } = error as {
      code?: string;
      $metadata?: { requestId?: string; httpStatusCode?: number };
    };
    return {
      name: error.name,
      ...(code !== undefined && { code: String(code) }),
      ...($metadata && { aws_request_id: $metadata.requestId, http_status: $metadata.httpStatusCode }),
      // Frames only: the first line is the message, which may quote what it failed on.
      stack: error.stack
        ?.split('\n')
        .filter((line) => /^\s+at /.test(line))
        .join('\n'),
      ...(error.cause instanceof Error && { cause: this.formatError(error.cause) }),
    };
  }
}

/** A logger whose lines hold ids, codes and figures, never payload. */
export const createLogger = (): Logger => new Logger({ logFormatter: new PrivateFormatter() });
