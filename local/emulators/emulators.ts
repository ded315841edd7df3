import type { DataModel } from '../template/model.ts';
import { Dynalite } from './dynamodb.ts';
import { type AwsBackend, type AwsRequest, type AwsResponse, awsError } from './messages.ts';
import { type InspectedMessage, QueuesAndTopics } from './queues.ts';
import { ReturnedItems } from './returned-item.ts';
import { SecretsManager } from './secrets.ts';

/** All emulated services in this process. */
export class Emulators implements AwsBackend {
  readonly #services: Readonly<Record<string, AwsBackend>>;
  readonly #queues: QueuesAndTopics;

  /** @param awsUrl URL of the front, the host of queue URLs */
  constructor(data: DataModel, awsUrl: string, region: string) {
    const queues = new QueuesAndTopics(awsUrl, region);
    this.#queues = queues;
    this.#services = {
      dynamodb: new ReturnedItems(new Dynalite(), data.tables),
      sqs: queues,
      sns: queues,
      sts: queues,
      secretsmanager: new SecretsManager(data.secrets),
    };
  }

  async handle(request: AwsRequest): Promise<AwsResponse> {
    const service = this.#services[request.service];
    if (service) return service.handle(request);
    return awsError(request.service, {
      code: 'UnknownOperationException',
      message: `The local run has no ${request.service}.`,
    });
  }

  /** All messages of a queue, without receiving them. */
  inspect(queueName: string): Promise<InspectedMessage[]> {
    return this.#queues.inspect(queueName);
  }

  /** Receipt handles of a queue's hidden messages. */
  hidden(queueName: string): Promise<string[]> {
    return this.#queues.hidden(queueName);
  }

  async close(): Promise<void> {
    await Promise.all([...new Set(Object.values(this.#services))].map((service) => service.close()));
  }
}
