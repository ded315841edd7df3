import { type AssembledStack, readAssembly } from '../template/assembly.ts';
import type { DataModel } from '../template/model.ts';
import { namedSecrets } from '../template/named-secrets.ts';
import { readData } from '../template/read-data.ts';
import { StackReader } from '../template/stack-reader.ts';
import { AwsCaller } from './caller.ts';
import { Emulators } from './emulators.ts';
import { ExternalAws } from './external.ts';
import type { AwsBackend } from './messages.ts';
import { provision } from './provision.ts';
import { provisionExternal } from './provision-external.ts';
import type { InspectedMessage } from './queues.ts';

/** The emulated services, with the stack's tables, queues, topics and secrets in them. */
export interface Services {
  readonly backend: AwsBackend;
  readonly aws: AwsCaller;
  readonly assembled: AssembledStack;
  readonly reader: StackReader;
  readonly data: DataModel;
  /** How long one receive call may wait for messages. */
  readonly longPollSeconds: number;
  /** All messages of a queue, without receiving them; empty when an external emulator is used. */
  inspect(queueName: string): Promise<InspectedMessage[]>;
  /** Makes a queue's hidden messages visible now; does nothing when an external emulator is used. */
  hurry(queueUrl: string): Promise<void>;
}

/** Where the stack is described, and where its resources are to be created. */
export interface ServicesPlan {
  /** The cloud assembly. */
  readonly directory: string;
  readonly stage: string;
  /** URL of the front. */
  readonly awsUrl: string;
  /** URL of an external emulator; undefined for the built-in ones. */
  readonly endpoint: string | undefined;
}

/**
 * Starts the built-in emulators, or connects to an external one, and creates tables, queues, topics and secrets.
 * @throws EmulatorError, UnknownStageError, UnsupportedTemplateError
 */
export async function startServices(plan: ServicesPlan): Promise<Services> {
  return plan.endpoint === undefined ? builtIn(plan) : external(plan, plan.endpoint);
}

async function builtIn({ directory, stage, awsUrl }: ServicesPlan): Promise<Services> {
  const assembled = await readAssembly(directory, stage);
  const { region } = assembled.place;
  const reader = new StackReader(assembled.template, assembled.place, awsUrl);
  const data = readData(reader);
  const backend = new Emulators(
    { ...data, secrets: [...data.secrets, ...namedSecrets(reader)] },
    awsUrl,
    region,
  );
  const aws = new AwsCaller(backend, region);
  await provision(data, aws);
  const inspect = (queueName: string) => backend.queues.inspect(queueName);
  const hurry = async (QueueUrl: string) => {
    for (const ReceiptHandle of await backend.queues.hidden(QueueUrl.split('/').at(-1) ?? '')) {
      await aws.call('sqs', 'ChangeMessageVisibility', { QueueUrl, ReceiptHandle, VisibilityTimeout: 0 });
    }
  };
  return { backend, aws, assembled, reader, data, longPollSeconds: 20, inspect, hurry };
}

async function external({ directory, stage, awsUrl }: ServicesPlan, endpoint: string): Promise<Services> {
  const backend = new ExternalAws(endpoint);
  const assembled = await readAssembly(directory, stage, await backend.account());
  const reader = new StackReader(assembled.template, assembled.place, awsUrl);
  const aws = new AwsCaller(backend, assembled.place.region);
  await provisionExternal(readData(reader), reader, aws);
  // Read again: the emulator has named some resources its own way.
  const data = readData(reader);
  // A short poll, because it cannot be cancelled there: it would take messages that the next run waits for.
  const unsupported = { inspect: async () => [], hurry: async () => {} };
  return { backend, aws, assembled, reader, data, longPollSeconds: 1, ...unsupported };
}
