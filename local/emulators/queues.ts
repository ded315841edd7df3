import { buildApp } from 'fauxqs';
import type { Kept } from '../state/kept.ts';
import { KeptMessages } from './kept-messages.ts';
import type { AwsBackend, AwsRequest, AwsResponse, Parameters } from './messages.ts';

export interface InspectedMessage {
  readonly messageId: string;
  readonly body: string;
  readonly messageAttributes: Readonly<Record<string, { readonly StringValue?: string }>>;
  /** Epoch milliseconds. */
  readonly sentTimestamp: number;
}

/** SQS, with a look at messages that no call of SQS offers. */
export interface QueueBackend extends AwsBackend {
  /** All messages of a queue, without receiving them. */
  inspect(queueName: string): Promise<InspectedMessage[]>;
  /** Receipt handles of the hidden messages: received, but neither deleted nor visible again. */
  hidden(queueName: string): Promise<string[]>;
  /** Sends what an earlier process has kept, once the queues exist. */
  restore?(send: (message: Parameters) => Promise<unknown>): Promise<void>;
}

/** A queue's messages as fauxqs returns them. */
interface Messages {
  readonly ready: readonly InspectedMessage[];
  readonly delayed: readonly InspectedMessage[];
  readonly inflight: readonly { readonly message: InspectedMessage; readonly receiptHandle: string }[];
}

/** Operations whose responses contain queue URLs. */
const RETURNS_URLS = /^(CreateQueue|GetQueueUrl|ListQueues)$/;

/** SQS and SNS in memory: fauxqs, called without a socket. */
export class QueuesAndTopics implements QueueBackend {
  readonly #app: ReturnType<typeof buildApp>;
  readonly #awsUrl: string;
  readonly #messages: KeptMessages | undefined;

  /**
   * @param awsUrl `http://127.0.0.1:<port>` of the front, for queue URLs
   * @param region the region of all queues and topics
   * @param kept where messages are kept
   */
  constructor(awsUrl: string, region: string, kept?: Kept) {
    this.#awsUrl = awsUrl;
    this.#messages = kept && new KeptMessages(kept);
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
    if (response.statusCode === 200 && request.service === 'sqs')
      this.#messages?.note(request, response.rawPayload);
    const { 'content-type': type, 'x-amzn-query-error': error } = response.headers;
    return {
      status: response.statusCode,
      headers: {
        ...(type !== undefined && { 'content-type': String(type) }),
        ...(error !== undefined && { 'x-amzn-query-error': String(error) }),
      },
      body: RETURNS_URLS.test(request.operation)
        ? response.body.replace(/http:\/\/[^/"]+(?=\/\d{12}\/)/g, this.#awsUrl)
        : response.rawPayload,
    };
  }

  async inspect(queueName: string): Promise<InspectedMessage[]> {
    const { ready, delayed, inflight } = await this.#contentOf(queueName);
    return [...ready, ...delayed, ...inflight.map(({ message }) => message)];
  }

  async hidden(queueName: string): Promise<string[]> {
    return (await this.#contentOf(queueName)).inflight.map(({ receiptHandle }) => receiptHandle);
  }

  async restore(send: (message: Parameters) => Promise<unknown>): Promise<void> {
    await this.#messages?.restore(send);
  }

  async #contentOf(queueName: string): Promise<Messages> {
    const url = `/_fauxqs/queues/${encodeURIComponent(queueName)}`;
    const response = await this.#app.inject({ method: 'GET', url });
    if (response.statusCode !== 200) return { ready: [], delayed: [], inflight: [] };
    return response.json<{ messages: Messages }>().messages;
  }

  async close(): Promise<void> {
    await this.#app.close();
  }
}
