import { LogFormatter, Logger, LogItem } from '@aws-lambda-powertools/logger';
import type { LogAttributes, UnformattedAttributes } from '@aws-lambda-powertools/logger/types';

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
        ...additional,
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
      stack: framesOf(error),
      ...(error.cause instanceof Error && { cause: this.formatError(error.cause) }),
    };
  }
}

/** Names and codes are single words; anything else may be a text. */
const wordOr = (text: string, otherwise: string): string => (/^[\w.$-]{1,64}$/.test(text) ? text : otherwise);

/** What ends a frame: where it is, or which of several promises it is. */
const FRAME = /^\s+at .*(?::\d+:\d+|<anonymous>|native|index \d+)\)?$/;

/**
 * The frames of an error's stack. They follow its name and message, which may quote the data that caused the error,
 * even in lines that look like frames. If that head cannot be determined, there are no frames.
 */
function framesOf(error: Error): string {
  const { stack = '' } = error;
  const end = endOfHead(error, stack);
  if (end === undefined) return '';
  return stack
    .slice(end)
    .split('\n')
    .filter((line) => FRAME.test(line))
    .join('\n');
}

function endOfHead({ message }: Error, stack: string): number | undefined {
  // A name alone: the error had no message when the stack was captured. The SDK adds some later.
  const [name] = /^[\w.$]+(?=\n|$)/.exec(stack) ?? [];
  if (name !== undefined) return name.length;
  const at = message === '' ? -1 : stack.indexOf(`: ${message}`);
  return at < 0 ? undefined : at + `: ${message}`.length;
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
