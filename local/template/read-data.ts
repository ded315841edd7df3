import { processorEnvironment } from '../../lambda/environment/processor.ts';
import type { DataModel, KeyModel, Named, QueueModel, SecretModel, TableModel, TopicModel } from './model.ts';
import { optionalText, type Properties, record, records } from './properties.ts';
import { environmentOf } from './read-functions.ts';
import { policyDocument, policyFor } from './read-policies.ts';
import type { ResolvedResource, StackReader } from './stack-reader.ts';

const QUEUE_PROPERTIES = [
  'ContentBasedDeduplication',
  'DelaySeconds',
  'FifoQueue',
  'MaximumMessageSize',
  'MessageRetentionPeriod',
  'ReceiveMessageWaitTimeSeconds',
  'RedrivePolicy',
  'VisibilityTimeout',
] as const;
/** SQS's own default. */
const DEFAULT_VISIBILITY_TIMEOUT_SECONDS = 30;

export function readData(reader: StackReader): DataModel {
  return {
    tables: reader
      .all('AWS::DynamoDB::Table', 'AWS::DynamoDB::GlobalTable')
      .map((resource) => readTable(reader.named(resource), resource.properties)),
    queues: [
      ...reader.all('AWS::SQS::Queue').map((resource) => readQueue(reader, resource)),
      ...namedQueues(reader),
    ],
    topics: reader.all('AWS::SNS::Topic').map((resource) => readTopic(reader, resource)),
    secrets: reader.all('AWS::SecretsManager::Secret').map((resource) => readSecret(reader, resource)),
    keys: reader.all('AWS::KMS::Key').map((resource) => readKey(reader, resource)),
  };
}

function readTable(table: Named, p: Properties): TableModel {
  const keys = records(p.KeySchema);
  const indexes = records(p.GlobalSecondaryIndexes);
  const ttl = record(p.TimeToLiveSpecification);
  return {
    ...table,
    create: {
      TableName: table.name,
      AttributeDefinitions: p.AttributeDefinitions,
      KeySchema: keys,
      BillingMode: 'PAY_PER_REQUEST',
      // Without throughput settings: they mean nothing to an emulator, which rejects those that it does not know.
      ...(indexes.length > 0 && {
        GlobalSecondaryIndexes: indexes.map(({ IndexName, KeySchema, Projection }) => ({
          IndexName,
          KeySchema,
          Projection,
        })),
      }),
    },
    keyNames: keys
      .toSorted((a) => (a.KeyType === 'HASH' ? -1 : 1))
      .map(({ AttributeName }) => String(AttributeName)),
    ttlAttribute: ttl.Enabled === true ? optionalText(ttl.AttributeName) : undefined,
  };
}

function readQueue(reader: StackReader, resource: ResolvedResource): QueueModel {
  const { properties: p } = resource;
  const url = String(reader.ref(resource.logicalId));
  const present = QUEUE_PROPERTIES.filter((name) => p[name] !== undefined);
  return {
    ...reader.named(resource),
    url,
    attributes: Object.fromEntries(
      present.map((name) => [name, typeof p[name] === 'object' ? JSON.stringify(p[name]) : String(p[name])]),
    ),
    visibilityTimeoutSeconds: Number(p.VisibilityTimeout ?? DEFAULT_VISIBILITY_TIMEOUT_SECONDS),
    policy: policyFor(reader, 'AWS::SQS::QueuePolicy', 'Queues', url),
  };
}

function readTopic(reader: StackReader, resource: ResolvedResource): TopicModel {
  const arn = String(reader.ref(resource.logicalId));
  const subscriptions = reader.all('AWS::SNS::Subscription');
  return {
    ...reader.named(resource, arn),
    keyId: optionalText(resource.properties.KmsMasterKeyId),
    policy: policyFor(reader, 'AWS::SNS::TopicPolicy', 'Topics', arn),
    subscriptions: subscriptions
      .filter(({ properties }) => properties.TopicArn === arn)
      .map(({ properties: { Protocol, Endpoint } }) => ({
        protocol: String(Protocol),
        endpoint: String(Endpoint),
      })),
  };
}

function readSecret(reader: StackReader, resource: ResolvedResource): SecretModel {
  const arn = String(reader.ref(resource.logicalId));
  const policies = reader.all('AWS::SecretsManager::ResourcePolicy');
  const policy = policies.find(({ properties }) => properties.SecretId === arn);
  return {
    ...reader.named(resource, arn),
    description: optionalText(resource.properties.Description),
    keyId: optionalText(resource.properties.KmsKeyId),
    policy: policy && policyDocument(policy.properties.ResourcePolicy),
  };
}

function readKey(reader: StackReader, { logicalId, properties }: ResolvedResource): KeyModel {
  return {
    id: String(reader.ref(logicalId)),
    arn: String(reader.getAtt(logicalId, 'Arn')),
    policy: properties.KeyPolicy === undefined ? undefined : policyDocument(properties.KeyPolicy),
  };
}

/** Queues that the stack delivers to but does not create. In AWS they exist beforehand; here they are created empty. */
function namedQueues(reader: StackReader): QueueModel[] {
  const own = new Set(reader.all('AWS::SQS::Queue').map(({ logicalId }) => reader.getAtt(logicalId, 'Arn')));
  const arns = reader
    .all('AWS::Lambda::Function')
    .flatMap((fn) => Object.values(processorEnvironment.destinations.read(environmentOf(fn))));
  const foreign = [...new Set(arns)].filter((arn) => arn.split(':')[2] === 'sqs' && !own.has(arn));
  return foreign.map((arn) => {
    const [, , , , account, name = ''] = arn.split(':');
    return {
      logicalId: name,
      label: name,
      name,
      arn,
      url: `${reader.awsUrl}/${account}/${name}`,
      attributes: name.endsWith('.fifo') ? { FifoQueue: 'true' } : {},
      visibilityTimeoutSeconds: DEFAULT_VISIBILITY_TIMEOUT_SECONDS,
      policy: undefined,
    };
  });
}

/** Secrets that the stack names but does not create. In AWS they exist beforehand; here they exist without a value. */
export function namedSecrets(reader: StackReader): SecretModel[] {
  const functions = reader.all('AWS::Lambda::Function');
  const arns = functions.flatMap((fn) => processorEnvironment.sensitiveSecretArns.read(environmentOf(fn)));
  return [...new Set(arns)].map((arn) => {
    // A complete ARN ends in the name, a hyphen and six random characters.
    const name = arn.split(':').at(-1)?.slice(0, -'-xxxxxx'.length) ?? arn;
    const none = { description: undefined, keyId: undefined, policy: undefined };
    return { logicalId: name, label: name, name, arn, ...none };
  });
}
