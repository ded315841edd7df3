import { AwsServiceError } from './aws-service-error.ts';
import { type AwsBackend, type AwsRequest, parseAwsRequest } from './messages.ts';

const TARGETS: Readonly<Record<string, string>> = {
  dynamodb: 'DynamoDB_20120810',
  sqs: 'AmazonSQS',
  secretsmanager: 'secretsmanager',
};

/** Builds a call as an SDK would send it. SNS parameters are the query protocol's flat fields. */
export function awsRequest(
  service: string,
  operation: string,
  parameters: object,
  region = 'us-east-1',
): AwsRequest {
  const authorization = `AWS4-HMAC-SHA256 Credential=local/20000101/${region}/${service}/aws4_request, SignedHeaders=host, Signature=x`;
  const target = TARGETS[service];
  if (target === undefined) {
    const form = new URLSearchParams({ Action: operation, Version: '2010-03-31', ...parameters });
    const headers = { authorization, 'content-type': 'application/x-www-form-urlencoded' };
    return parseAwsRequest(headers, Buffer.from(form.toString()));
  }
  const version = service === 'secretsmanager' ? '1.1' : '1.0';
  const headers = {
    authorization,
    'content-type': `application/x-amz-json-${version}`,
    'x-amz-target': `${target}.${operation}`,
  };
  return parseAwsRequest(headers, Buffer.from(JSON.stringify(parameters)));
}

/** Calls the emulators from within, past IAM and faults. */
export class AwsCaller {
  readonly #backend: AwsBackend;
  readonly #region: string;

  constructor(backend: AwsBackend, region: string) {
    this.#backend = backend;
    this.#region = region;
  }

  /**
   * The result of a call: parsed JSON, or SNS's XML as `{ xml }`.
   * @throws AwsServiceError with the service's code and message
   */
  async call<T = Record<string, unknown>>(
    service: string,
    operation: string,
    parameters: object,
  ): Promise<T> {
    const response = await this.#backend.handle(awsRequest(service, operation, parameters, this.#region));
    const text = response.body.toString();
    if (TARGETS[service] === undefined) {
      if (response.status < 300) return { xml: text } as T;
      const code = /<Code>([^<]*)</.exec(text)?.[1] ?? 'Unknown';
      throw new AwsServiceError(code, /<Message>([^<]*)</.exec(text)?.[1] ?? '', response.status);
    }
    const body = (text === '' ? {} : JSON.parse(text)) as Record<string, unknown>;
    if (response.status < 300) return body as T;
    const code =
      String(body.__type ?? 'Unknown')
        .split('#')
        .at(-1) ?? 'Unknown';
    throw new AwsServiceError(code, String(body.message ?? body.Message ?? ''), response.status);
  }
}
