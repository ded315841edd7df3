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

/** A queue's messages as fauxqs shows them. */
interface Messages {
  readonly ready: readonly InspectedMessage[];
  readonly delayed: readonly InspectedMessage[];
  readonly inflight: readonly { readonly message: InspectedMessage; readonly receiptHandle: string }[];
}

/** SQS and SNS in memory: fauxqs, called without a socket between. */
export class QueuesAndTopics implements AwsBackend {
  readonly #app: ReturnType<typeof buildApp>;
  readonly #awsUrl: string;

  /**
   * @param awsUrl `http://127.0.0.1:<port>` of the front, for the queue URLs that SQS gives out
   * @param region the region of all queues and topics
   */
  constructor(awsUrl: string, region: string) {
    this.#awsUrl = awsUrl;
    this.#app = buildApp({ logger: false, defaultRegion: region });
  }

  async handle(request: AwsRequest): Promise<AwsResponse> {
    const { authorization = '', 'content-type': contentType = '', 'x-amz-target': target } = request.headers;
    const response = await this.#app.inject({
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
      ? response.body.replace(/http:\/\/[^/"]+(?=\/\d{12}\/)/g, this.#awsUrl)
      : response.rawPayload;
    return { status: response.statusCode, headers, body };
  }

  /** All messages of a queue, without receiving them. */
  async inspect(queueName: string): Promise<InspectedMessage[]> {
    const { ready, delayed, inflight } = await this.#messages(queueName);
    return [...ready, ...delayed, ...inflight.map(({ message }) => message)];
  }

  /** Receipt handles of the messages that are hidden: received, and neither deleted nor shown again. */
  async hidden(queueName: string): Promise<string[]> {
    const { inflight } = await this.#messages(queueName);
    return inflight.map(({ receiptHandle }) => receiptHandle);
  }

  async #messages(queueName: string): Promise<Messages> {
    const response = await this.#app.inject({
      method: 'GET',
      url: `/_fauxqs/queues/${encodeURIComponent(queueName)}`,
    });
    if (response.statusCode !== 200) return { ready: [], delayed: [], inflight: [] };
    return (response.json() as { messages: Messages }).messages;
  }

  async close(): Promise<void> {
    await this.#app.close();
  }
}
