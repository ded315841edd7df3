import type { DataModel } from '../template/model.ts';
import { Dynalite } from './dynamodb.ts';
import { type AwsBackend, type AwsRequest, type AwsResponse, awsError } from './messages.ts';
import { QueuesAndTopics } from './queues.ts';
import { ReturnedItems } from './returned-item.ts';
import { SecretsManager } from './secrets.ts';

/** All AWS services that are emulated in this process. */
export class Emulators implements AwsBackend {
  readonly queues: QueuesAndTopics;
  readonly #services: Readonly<Record<string, AwsBackend>>;

  /** @param awsUrl URL of the front; queue URLs start with it */
  constructor(data: DataModel, awsUrl: string, region: string) {
    this.queues = new QueuesAndTopics(awsUrl, region);
    this.#services = {
      dynamodb: new ReturnedItems(new Dynalite(), data.tables),
      sqs: this.queues,
      sns: this.queues,
      sts: this.queues,
      secretsmanager: new SecretsManager(data.secrets),
    };
  }

  async handle(request: AwsRequest): Promise<AwsResponse> {
    const service = this.#services[request.service];
    if (service) return service.handle(request);
    const message = `the local run does not emulate ${request.service}`;
    return awsError(request.service, { code: 'UnknownOperationException', message });
  }

  async close(): Promise<void> {
    await Promise.all([...new Set(Object.values(this.#services))].map((service) => service.close()));
  }
}
