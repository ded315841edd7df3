import type { IncomingHttpHeaders } from 'node:http';

export type Parameters = Readonly<Record<string, unknown>>;

/** A call to an AWS service, with its body as received. */
export interface AwsRequest {
  /** As in the credential scope: `dynamodb`, `sqs`, `sns`, `secretsmanager`, `sts`, `lambda`, `events`. */
  readonly service: string;
  /** `PutItem` */
  readonly operation: string;
  readonly accessKeyId: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
  /** The parameters: JSON, the form fields of the query protocol, or of Lambda those in the path. Parsed once. */
  readonly parameters: () => Parameters;
}

/** A response in the service's own protocol. */
export interface AwsResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Buffer;
}

export interface AwsBackend {
  handle(request: AwsRequest): Promise<AwsResponse>;
  close(): Promise<void>;
}

export class InvalidAwsCallError extends Error {
  override name = 'InvalidAwsCallError';
}

/** A call in a protocol that no emulated service has: its operation is in method and path, as for S3. */
export class NotEmulatedError extends Error {
  override name = 'NotEmulatedError';
  readonly service: string;
  constructor(service: string) {
    super(`the local run does not emulate ${service}`);
    this.service = service;
  }
}

/** An error response of an AWS service: its code, message and HTTP status. */
export class AwsServiceError extends Error {
  override name = 'AwsServiceError';
  readonly code: string;
  readonly status: number;
  constructor(code: string, message: string, status = 400) {
    super(message);
    this.code = code;
    this.status = status;
  }
}

/** Lambda's `Invoke`, the only operation here whose parameters are in the path. */
const INVOKE = /^\/2015-03-31\/functions\/([^/]+)\/invocations(?:\?|$)/;

/**
 * Reads service, operation and caller from a signed request.
 * @param path of the request, with its query
 * @throws InvalidAwsCallError without a SigV4 credential
 * @throws NotEmulatedError without an operation
 */
export function parseAwsRequest(headers: IncomingHttpHeaders, body: Buffer, path = '/'): AwsRequest {
  const scope = /Credential=([^/,\s]+)\/\d+\/[^/]+\/([^/]+)\/aws4_request/.exec(headers.authorization ?? '');
  const [, accessKeyId, service] = scope ?? [];
  if (accessKeyId === undefined || service === undefined) {
    throw new InvalidAwsCallError('the request has no AWS signature');
  }
  const common = { service, accessKeyId, headers, body };
  const [, functionName] = INVOKE.exec(path) ?? [];
  if (service === 'lambda' && functionName !== undefined) {
    const named = { FunctionName: decodeURIComponent(functionName) };
    return { ...common, operation: 'Invoke', parameters: () => named };
  }
  const target = headers['x-amz-target'];
  let parsed: Parameters | undefined;
  const parameters = () => {
    parsed ??=
      target === undefined
        ? Object.fromEntries(new URLSearchParams(body.toString()))
        : (JSON.parse(body.toString()) as Parameters);
    return parsed;
  };
  const operation = typeof target === 'string' ? target.slice(target.indexOf('.') + 1) : parameters().Action;
  if (typeof operation !== 'string' || operation === '') {
    throw new NotEmulatedError(service);
  }
  return { ...common, operation, parameters };
}

/** An error in the service's protocol. */
export function awsError(
  service: string,
  error: { code: string; message: string; status?: number },
): AwsResponse {
  const { code, message, status = 400 } = error;
  const fault = status >= 500 ? 'Receiver' : 'Sender';
  if (service === 'sns' || service === 'sts') {
    const body = `<ErrorResponse xmlns="http://sns.amazonaws.com/doc/2010-03-31/"><Error><Type>${fault}</Type><Code>${xml(code)}</Code><Message>${xml(message)}</Message></Error><RequestId>00000000-0000-0000-0000-000000000000</RequestId></ErrorResponse>`;
    return { status, headers: { 'content-type': 'text/xml' }, body };
  }
  if (service === 's3') {
    const body = `<Error><Code>${xml(code)}</Code><Message>${xml(message)}</Message></Error>`;
    return { status, headers: { 'content-type': 'application/xml' }, body };
  }
  const isSecrets = service === 'secretsmanager';
  return {
    status,
    headers: {
      'content-type': `application/x-amz-json-${isSecrets ? '1.1' : '1.0'}`,
      'x-amzn-errortype': code,
      ...(service === 'sqs' && { 'x-amzn-query-error': `${code};${fault}` }),
    },
    body: JSON.stringify({
      __type: service === 'dynamodb' ? `com.amazonaws.dynamodb.v20120810#${code}` : code,
      message,
      ...(isSecrets && { Message: message }),
    }),
  };
}

const xml = (text: string): string => text.replace(/[<>&]/g, (character) => `&#${character.charCodeAt(0)};`);
