import type { State } from '../state/state.ts';
import type { DataModel } from '../template/model.ts';
import { Dynalite } from './dynamodb.ts';
import { type AwsBackend, type AwsRequest, type AwsResponse, awsError } from './messages.ts';
import { type QueueBackend, QueuesAndTopics } from './queues.ts';
import { ReturnedItems } from './returned-item.ts';
import { SecretsManager } from './secrets.ts';

/**
 * Other implementations of tables and queues, instead of those in this process.
 * @param awsUrl as for {@link Emulators}
 */
export type Engines = (awsUrl: string) => { readonly dynamodb: AwsBackend; readonly sqs: QueueBackend };

export interface EmulatorOptions {
  /** Implementations to use instead of the built-in ones. */
  readonly engines?: Engines | undefined;
  /** Where the built-in ones keep their data. @default in memory */
  readonly state?: State | undefined;
}

/** All AWS services that are emulated in this process, except for the given engines. */
export class Emulators implements AwsBackend {
  readonly queues: QueueBackend;
  readonly #services: Readonly<Record<string, AwsBackend>>;

  /** @param awsUrl URL of the front; queue URLs start with it */
  constructor(data: DataModel, awsUrl: string, region: string, { engines, state }: EmulatorOptions = {}) {
    const topics = new QueuesAndTopics(awsUrl, region, state?.kept);
    const { dynamodb, sqs } = engines?.(awsUrl) ?? {
      dynamodb: new ReturnedItems(new Dynalite(state), data.tables),
      sqs: topics,
    };
    this.queues = sqs;
    this.#services = {
      dynamodb,
      sqs,
      sns: topics,
      sts: topics,
      secretsmanager: new SecretsManager(data.secrets, state?.kept),
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
