import { buildApp } from 'fauxqs';
import type { AwsBackend, AwsRequest, AwsResponse } from './messages.ts';

/** A message as it lies in a queue. */
export interface InspectedMessage {
  readonly messageId: string;
  readonly body: string;
  readonly messageAttributes: Readonly<Record<string, { readonly StringValue?: string }>>;
  /** Epoch milliseconds. */
  readonly sentTimestamp: number;
}

/** SQS and SNS in memory: fauxqs, called without a socket between. */
export class QueuesAndTopics implements AwsBackend {
  private readonly app: ReturnType<typeof buildApp>;
  private readonly awsUrl: string;

  /**
   * @param awsUrl `http://127.0.0.1:<port>` of the front, for the queue URLs that SQS gives out
   * @param region the region of all queues and topics
   */
  constructor(awsUrl: string, region: string) {
    this.awsUrl = awsUrl;
    this.app = buildApp({ logger: false, defaultRegion: region });
  }

  async handle(request: AwsRequest): Promise<AwsResponse> {
    const { authorization = '', 'content-type': contentType = '', 'x-amz-target': target } = request.headers;
    const response = await this.app.inject({
      method: 'POST',
      url: '/',
      headers: {
        authorization,
        host: '127.0.0.1',
        'content-type': contentType,
        ...(typeof target === 'string' && { 'x-amz-target': target }),
      },
      payload: request.body,
    });
    const headers: Record<string, string> = {};
    for (const name of ['content-type', 'x-amzn-query-error']) {
      const value = response.headers[name];
      if (value !== undefined) headers[name] = String(value);
    }
    const givesUrls = ['CreateQueue', 'GetQueueUrl', 'ListQueues'].includes(request.operation);
    const body = givesUrls
      ? response.body.replace(/http:\/\/[^/"]+(?=\/\d{12}\/)/g, this.awsUrl)
      : response.rawPayload;
    return { status: response.statusCode, headers, body };
  }

  /** All messages of a queue, without receiving them. */
  async inspect(queueName: string): Promise<InspectedMessage[]> {
    const response = await this.app.inject({
      method: 'GET',
      url: `/_fauxqs/queues/${encodeURIComponent(queueName)}`,
    });
    if (response.statusCode !== 200) return [];
    const { messages } = response.json() as {
      messages: {
        ready: InspectedMessage[];
        delayed: InspectedMessage[];
        inflight: { message: InspectedMessage }[];
      };
    };
    return [...messages.ready, ...messages.delayed, ...messages.inflight.map(({ message }) => message)];
  }

  async close(): Promise<void> {
    await this.app.close();
  }
}
