import { processorEnvironment } from '../../lambda/environment/processor.ts';
import { UnsupportedTemplateError } from '../errors.ts';
import type {
  DataModel,
  KeyModel,
  Named,
  QueueModel,
  SecretModel,
  SubscriptionModel,
  TableModel,
  TopicModel,
} from './model.ts';
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
    tables: reader.read(['AWS::DynamoDB::Table', 'AWS::DynamoDB::GlobalTable'], (resource) =>
      readTable(reader.named(resource), resource.properties),
    ),
    queues: [
      ...reader.read(['AWS::SQS::Queue'], (resource) => readQueue(reader, resource)),
      ...namedQueues(reader),
    ],
    topics: reader.read(['AWS::SNS::Topic'], (resource) => readTopic(reader, resource)),
    secrets: reader.read(['AWS::SecretsManager::Secret'], (resource) => readSecret(reader, resource)),
    keys: reader.read(['AWS::KMS::Key'], (resource) => readKey(reader, resource)),
  };
}

function readTable(table: Named, p: Properties): TableModel {
  const keys = records(p.KeySchema);
  const ttl = record(p.TimeToLiveSpecification);
  const sse = record(p.SSESpecification);
  return {
    ...table,
    create: {
      TableName: table.name,
      AttributeDefinitions: p.AttributeDefinitions,
      KeySchema: keys,
      BillingMode: 'PAY_PER_REQUEST',
      ...indexesOf(p, 'GlobalSecondaryIndexes'),
      ...indexesOf(p, 'LocalSecondaryIndexes'),
    },
    keyNames: keys
      .toSorted((a) => (a.KeyType === 'HASH' ? -1 : 1))
      .map(({ AttributeName }) => String(AttributeName)),
    ttlAttribute: ttl.Enabled === true ? optionalText(ttl.AttributeName) : undefined,
    keyId: sse.SSEEnabled === true ? optionalText(sse.KMSMasterKeyId) : undefined,
  };
}

/** Without throughput settings: they mean nothing to an emulator, which rejects those that it does not know. */
function indexesOf(p: Properties, name: 'GlobalSecondaryIndexes' | 'LocalSecondaryIndexes'): Properties {
  const indexes = records(p[name]).map(({ IndexName, KeySchema, Projection }) => ({
    IndexName,
    KeySchema,
    Projection,
  }));
  return indexes.length > 0 ? { [name]: indexes } : {};
}

function readQueue(reader: StackReader, resource: ResolvedResource): QueueModel {
  const { properties: p } = resource;
  const url = String(reader.ref(resource.logicalId));
  return {
    ...reader.named(resource),
    url,
    attributes: textsOf(Object.fromEntries(QUEUE_PROPERTIES.map((name) => [name, p[name]]))),
    keyId: optionalText(p.KmsMasterKeyId),
    visibilityTimeoutSeconds: Number(p.VisibilityTimeout ?? DEFAULT_VISIBILITY_TIMEOUT_SECONDS),
    policy: policyFor(reader, 'AWS::SQS::QueuePolicy', 'Queues', url),
  };
}

function readTopic(reader: StackReader, resource: ResolvedResource): TopicModel {
  const arn = String(reader.ref(resource.logicalId));
  const { KmsMasterKeyId, FifoTopic, ContentBasedDeduplication } = resource.properties;
  return {
    ...reader.named(resource, arn),
    attributes: textsOf({ FifoTopic, ContentBasedDeduplication }),
    keyId: optionalText(KmsMasterKeyId),
    policy: policyFor(reader, 'AWS::SNS::TopicPolicy', 'Topics', arn),
    subscriptions: reader
      .read(['AWS::SNS::Subscription'], readSubscription)
      .filter(({ topicArn }) => topicArn === arn),
  };
}

function readSubscription({ logicalId, properties: p }: ResolvedResource): SubscriptionModel {
  const { Protocol, Endpoint, TopicArn, FilterPolicy, FilterPolicyScope, RawMessageDelivery } = p;
  const protocol = String(Protocol);
  if (PUSHED.has(protocol)) {
    const feature = `the protocol ${protocol} of a subscription (${logicalId})`;
    throw new UnsupportedTemplateError(feature, 'subscribe a queue');
  }
  return {
    topicArn: String(TopicArn),
    protocol,
    endpoint: String(Endpoint),
    attributes: textsOf({ FilterPolicy, FilterPolicyScope, RawMessageDelivery }),
  };
}

/** Protocols by which SNS would call something of the stack, or beside it. E-mails are for people, so none is missed. */
const PUSHED: ReadonlySet<string> = new Set(['lambda', 'firehose', 'http', 'https', 'application']);

/** Attributes as SQS and SNS take them: those that are given, as text. */
const textsOf = (attributes: Properties): Record<string, string> =>
  Object.fromEntries(
    Object.entries(attributes).flatMap(([name, value]) =>
      value === undefined ? [] : [[name, typeof value === 'object' ? JSON.stringify(value) : String(value)]],
    ),
  );

function readSecret(reader: StackReader, resource: ResolvedResource): SecretModel {
  const arn = String(reader.ref(resource.logicalId));
  const policies = reader.all('AWS::SecretsManager::ResourcePolicy');
  const policy = policies.find(({ properties }) => properties.SecretId === arn);
  return {
    ...reader.named(resource, arn),
    description: optionalText(resource.properties.Description),
    keyId: optionalText(resource.properties.KmsKeyId),
    isGenerated: resource.properties.GenerateSecretString !== undefined,
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
    const none = { description: undefined, keyId: undefined, isGenerated: false, policy: undefined };
    return { logicalId: name, label: name, name, arn, ...none };
  });
}
