import { type AwsBackend, type AwsRequest, AwsServiceError, parseAwsRequest } from './messages.ts';

/** Content type and target prefix of the services with a JSON protocol. */
const JSON_PROTOCOLS: Readonly<Record<string, { type: string; prefix: string }>> = {
  dynamodb: { type: 'application/x-amz-json-1.0', prefix: 'DynamoDB_20120810' },
  sqs: { type: 'application/x-amz-json-1.0', prefix: 'AmazonSQS' },
  secretsmanager: { type: 'application/x-amz-json-1.1', prefix: 'secretsmanager' },
};

/** Builds a call as an SDK would send it. The parameters of SNS are the flat fields of the query protocol. */
export function awsRequest(
  service: string,
  operation: string,
  parameters: object,
  region = 'us-east-1',
): AwsRequest {
  const authorization = `AWS4-HMAC-SHA256 Credential=local/20000101/${region}/${service}/aws4_request, SignedHeaders=host, Signature=x`;
  const protocol = JSON_PROTOCOLS[service];
  if (protocol === undefined) {
    const form = new URLSearchParams({ Action: operation, Version: '2010-03-31', ...parameters });
    const headers = { authorization, 'content-type': 'application/x-www-form-urlencoded' };
    return parseAwsRequest(headers, Buffer.from(form.toString()));
  }
  const headers = {
    authorization,
    'content-type': protocol.type,
    'x-amz-target': `${protocol.prefix}.${operation}`,
  };
  return parseAwsRequest(headers, Buffer.from(JSON.stringify(parameters)));
}

/** Calls the emulators directly, without IAM and faults. */
export class AwsCaller {
  readonly #backend: AwsBackend;
  readonly #region: string;

  constructor(backend: AwsBackend, region: string) {
    this.#backend = backend;
    this.#region = region;
  }

  /** The same in the region of an ARN, as a queue of the customer's may be in another one than the stack. */
  inRegionOf(arn: string): AwsCaller {
    return new AwsCaller(this.#backend, arn.split(':')[3] || this.#region);
  }

  /**
   * The result of a call: parsed JSON, or the XML of SNS as `{ xml }`.
   * @throws AwsServiceError with the service's code and message
   */
  async call<T = Record<string, unknown>>(
    service: string,
    operation: string,
    parameters: object,
  ): Promise<T> {
    const response = await this.#backend.handle(awsRequest(service, operation, parameters, this.#region));
    const text = response.body.toString();
    const isJson = JSON_PROTOCOLS[service] !== undefined;
    const body = isJson ? JSON.parse(text === '' ? '{}' : text) : { xml: text };
    if (response.status < 300) return body;
    const code = isJson
      ? String(body.__type ?? '')
          .split('#')
          .at(-1)
      : /<Code>([^<]*)</.exec(text)?.[1];
    const message = isJson ? (body.message ?? body.Message) : /<Message>([^<]*)</.exec(text)?.[1];
    throw new AwsServiceError(code || 'Unknown', String(message ?? ''), response.status);
  }
}
