import { randomUUID } from 'node:crypto';
import type { AwsRequest, AwsResponse, Parameters } from '../../local/emulators/messages.ts';
import type { InspectedMessage, QueueBackend } from '../../local/emulators/queues.ts';
import { MessageLog } from './message-log.ts';
import { passOn } from './pass-on.ts';

const LONGEST_NAME = 80;

/** A queue's name, at the end of its URL or ARN. */
const nameOf = (location: unknown): string => String(location).split(/[/:]/).at(-1) ?? '';

/**
 * SQS as ElasticMQ implements it. Its queues have no accounts, so each instance gives them names of its own, which
 * callers do not see. ElasticMQ shows no messages without receiving them; the calls that pass show which there are.
 */
export class ElasticQueues implements QueueBackend {
  readonly #url: string;
  readonly #awsUrl: string;
  readonly #suffix = `-${randomUUID().slice(0, 8)}`;
  readonly #messages = new MessageLog();
  readonly #closing = new AbortController();

  /**
   * @param url of ElasticMQ
   * @param awsUrl of the front, for queue URLs
   */
  constructor(url: string, awsUrl: string) {
    this.#url = url;
    this.#awsUrl = awsUrl;
  }

  async handle(request: AwsRequest): Promise<AwsResponse> {
    const parameters = request.parameters();
    const response = await passOn(this.#url, request, {
      parameters: this.#renamed(parameters),
      signal: this.#closing.signal,
    });
    if (response.status !== 200) return response;
    const text = response.body.toString();
    const result = text === '' ? {} : JSON.parse(text);
    this.#messages.record(nameOf(parameters.QueueUrl), { operation: request.operation, parameters, result });
    if (result.QueueUrl === undefined) return response;
    const QueueUrl = `${this.#awsUrl}/000000000000/${parameters.QueueName}`;
    return { ...response, body: JSON.stringify({ ...result, QueueUrl }) };
  }

  inspect(queueName: string): Promise<InspectedMessage[]> {
    return Promise.resolve(this.#messages.of(queueName));
  }

  hidden(queueName: string): Promise<string[]> {
    return Promise.resolve(this.#messages.handlesOf(queueName));
  }

  /** Ends the long polls. */
  async close(): Promise<void> {
    this.#closing.abort();
  }

  #renamed(parameters: Parameters): object {
    const { QueueName, QueueUrl, Attributes } = parameters as {
      QueueName?: string;
      QueueUrl?: string;
      Attributes?: Record<string, string>;
    };
    return {
      ...parameters,
      ...(QueueName !== undefined && { QueueName: this.#own(QueueName) }),
      ...(QueueUrl !== undefined && {
        QueueUrl: `${this.#url}/000000000000/${this.#own(nameOf(QueueUrl))}`,
      }),
      ...(Attributes?.RedrivePolicy !== undefined && {
        Attributes: { ...Attributes, RedrivePolicy: this.#redrive(Attributes.RedrivePolicy) },
      }),
    };
  }

  #redrive(policy: string): string {
    const { deadLetterTargetArn, ...rest } = JSON.parse(policy);
    const name = nameOf(deadLetterTargetArn);
    const arn = deadLetterTargetArn.slice(0, -name.length) + this.#own(name);
    return JSON.stringify({ ...rest, deadLetterTargetArn: arn });
  }

  #own(name: string): string {
    const [, plain = '', fifo = ''] = /^(.*?)(\.fifo)?$/.exec(name) ?? [];
    const end = this.#suffix + fifo;
    return plain.slice(0, LONGEST_NAME - end.length) + end;
  }
}
