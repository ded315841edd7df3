import type { IncomingHttpHeaders } from 'node:http';

/** A call of an AWS service, its operation known and its body still as it came. */
export interface AwsRequest {
  /** As in the credential scope: `dynamodb`, `sqs`, `sns`, `secretsmanager`, `sts`. */
  readonly service: string;
  /** `PutItem` */
  readonly operation: string;
  readonly accessKeyId: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
  /** The body's parameters: JSON, or form fields for the query protocol. Parsed once. */
  readonly parameters: () => Readonly<Record<string, unknown>>;
}

/** An answer in the service's own protocol. */
export interface AwsResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Buffer;
}

/** Something that answers AWS calls. */
export interface AwsBackend {
  handle(request: AwsRequest): Promise<AwsResponse>;
  close(): Promise<void>;
}

/** A request that is no AWS call. */
export class InvalidAwsCallError extends Error {
  override name = 'InvalidAwsCallError';
}

/**
 * Reads service, operation and caller out of a signed request.
 * @throws InvalidAwsCallError without a SigV4 credential or an operation
 */
export function parseAwsRequest(headers: IncomingHttpHeaders, body: Buffer): AwsRequest {
  const scope = /Credential=([^/,\s]+)\/\d+\/[^/]+\/([^/]+)\/aws4_request/.exec(headers.authorization ?? '');
  const [, accessKeyId, service] = scope ?? [];
  if (accessKeyId === undefined || service === undefined)
    throw new InvalidAwsCallError('The request carries no AWS signature.');
  let parsed: Record<string, unknown> | undefined;
  const target = headers['x-amz-target'];
  const read = () =>
    target === undefined
      ? Object.fromEntries(new URLSearchParams(body.toString()))
      : (JSON.parse(body.toString()) as Record<string, unknown>);
  const parameters = () => {
    parsed ??= read();
    return parsed;
  };
  const operation = typeof target === 'string' ? target.slice(target.indexOf('.') + 1) : parameters().Action;
  if (typeof operation !== 'string' || operation === '')
    throw new InvalidAwsCallError('The request names no operation.');
  return { service, operation, accessKeyId, headers, body, parameters };
}

/** An error in the words of the service's protocol. */
export function awsError(
  service: string,
  error: { code: string; message: string; status?: number },
): AwsResponse {
  const { code, message, status = 400 } = error;
  if (service === 'sns' || service === 'sts') {
    const type = status >= 500 ? 'Receiver' : 'Sender';
    const body = `<ErrorResponse xmlns="http://sns.amazonaws.com/doc/2010-03-31/"><Error><Type>${type}</Type><Code>${xml(code)}</Code><Message>${xml(message)}</Message></Error><RequestId>00000000-0000-0000-0000-000000000000</RequestId></ErrorResponse>`;
    return { status, headers: { 'content-type': 'text/xml' }, body };
  }
  const type = service === 'dynamodb' ? `com.amazonaws.dynamodb.v20120810#${code}` : code;
  return {
    status,
    headers: {
      'content-type':
        service === 'secretsmanager' ? 'application/x-amz-json-1.1' : 'application/x-amz-json-1.0',
      'x-amzn-errortype': code,
      ...(service === 'sqs' && { 'x-amzn-query-error': `${code};${status >= 500 ? 'Receiver' : 'Sender'}` }),
    },
    body: JSON.stringify({
      __type: type,
      message,
      ...(service === 'secretsmanager' && { Message: message }),
    }),
  };
}

function xml(text: string): string {
  return text.replace(/[<>&]/g, (character) => `&#${character.charCodeAt(0)};`);
}
