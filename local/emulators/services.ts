import { type AssembledStack, readAssembly } from '../template/assembly.ts';
import type { DataModel, StackModel } from '../template/model.ts';
import { namedSecrets, readData } from '../template/read-data.ts';
import { readFunctions } from '../template/read-functions.ts';
import { readEventSources, readRoutes, readSchedules } from '../template/read-triggers.ts';
import { StackReader } from '../template/stack-reader.ts';
import { AwsCaller } from './caller.ts';
import { type EmulatorOptions, Emulators } from './emulators.ts';
import { ExternalAws } from './external.ts';
import type { AwsBackend } from './messages.ts';
import { ignoreMissing, provision, provisionExternal } from './provision.ts';
import type { InspectedMessage } from './queues.ts';

/** What stands in for AWS, if not the built-in emulators. */
export interface ServiceOptions extends EmulatorOptions {
  /** URL of an external AWS emulator to use instead of the built-in ones. */
  readonly awsEndpoint?: string | undefined;
}

/** The emulated services, with the stack's tables, queues, topics and secrets in them. */
export interface Services {
  readonly backend: AwsBackend;
  readonly aws: AwsCaller;
  readonly stack: StackModel;
  /** How long one receive call may wait for messages. */
  readonly longPollSeconds: number;
  /** All messages of a queue, without receiving them; empty when an external emulator is used. */
  inspect(queueName: string): Promise<InspectedMessage[]>;
  /** Makes a queue's hidden messages visible now; does nothing when an external emulator is used. */
  hurry(queueUrl: string): Promise<void>;
}

/**
 * Starts the built-in emulators, or connects to an external one, and creates tables, queues, topics and secrets.
 * @param directory the cloud assembly
 * @param awsUrl URL of the front
 * @throws EmulatorError, UnknownStageError, UnsupportedTemplateError
 */
export function startServices(
  directory: string,
  stage: string,
  awsUrl: string,
  { awsEndpoint, ...options }: ServiceOptions,
): Promise<Services> {
  return awsEndpoint === undefined
    ? builtIn(directory, stage, awsUrl, options)
    : external(directory, stage, awsUrl, awsEndpoint);
}

async function builtIn(
  directory: string,
  stage: string,
  awsUrl: string,
  options: EmulatorOptions,
): Promise<Services> {
  const assembled = await readAssembly(directory, stage);
  const { region } = assembled.place;
  const reader = new StackReader(assembled.template, assembled.place, awsUrl);
  const data = readData(reader);
  const backend = new Emulators(
    { ...data, secrets: [...data.secrets, ...namedSecrets(reader)] },
    awsUrl,
    region,
    options,
  );
  const aws = new AwsCaller(backend, region);
  let stack: StackModel;
  try {
    stack = readStack(reader, assembled, data);
    await provision(data, aws);
    // The messages of a queue that the template no longer has are gone, as in AWS.
    await backend.queues.restore?.((message) => aws.call('sqs', 'SendMessage', message).catch(ignoreMissing));
  } catch (error) {
    // What ran before may be started again over the same files.
    await backend.close();
    throw error;
  }
  const inspect = (queueName: string) => backend.queues.inspect(queueName);
  const hurry = async (QueueUrl: string) => {
    for (const ReceiptHandle of await backend.queues.hidden(QueueUrl.split('/').at(-1) ?? '')) {
      const now = { QueueUrl, ReceiptHandle, VisibilityTimeout: 0 };
      // By now it may be visible, or deleted.
      await aws.call('sqs', 'ChangeMessageVisibility', now).catch(ignoreMissing);
    }
  };
  return { backend, aws, stack, longPollSeconds: 20, inspect, hurry };
}

async function external(
  directory: string,
  stage: string,
  awsUrl: string,
  endpoint: string,
): Promise<Services> {
  const backend = new ExternalAws(endpoint);
  const assembled = await readAssembly(directory, stage, await backend.account());
  const reader = new StackReader(assembled.template, assembled.place, awsUrl);
  const aws = new AwsCaller(backend, assembled.place.region);
  await provisionExternal(readData(reader), reader, aws);
  // Read again: the emulator has named some resources its own way.
  const stack = readStack(reader, assembled, readData(reader));
  // A short poll, because it cannot be cancelled there: it would take messages that the next run waits for.
  const unsupported = { inspect: async () => [], hurry: async () => {} };
  return { backend, aws, stack, longPollSeconds: 1, ...unsupported };
}

/** The whole stack, once its tables, queues, topics and secrets exist. */
function readStack(reader: StackReader, stack: AssembledStack, data: DataModel): StackModel {
  const { stackName: name, account, region } = stack.place;
  const functions = readFunctions(reader, stack.assetDirectory);
  const found = {
    functions,
    routes: readRoutes(reader),
    eventSources: readEventSources(reader, functions),
    schedules: readSchedules(reader, functions),
    outputs: reader.outputs(),
  };
  return {
    name,
    templateFile: stack.templateFile,
    account,
    region,
    data,
    ...found,
    // Known at the end: whatever has been read may have left out something.
    leftOut: reader.leftOut.features,
  };
}
