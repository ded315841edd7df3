import type {
  DataModel,
  KeyModel,
  PolicyDocument,
  QueueModel,
  SecretModel,
  TableModel,
  TopicModel,
} from './model.ts';
import type { ResolvedResource, StackReader } from './stack-reader.ts';

/** Tables, queues, topics, secrets and keys of the stack. */
export function readData(reader: StackReader): DataModel {
  const arnOf = (id: string, attribute = 'Arn') => String(reader.getAtt(id, attribute));
  const base = (resource: ResolvedResource) => ({
    logicalId: resource.logicalId,
    label: resource.label,
    name: reader.nameOf(resource.logicalId),
  });
  const queues = reader.all('AWS::SQS::Queue').map((resource): QueueModel => {
    const url = String(reader.ref(resource.logicalId));
    return {
      ...base(resource),
      arn: arnOf(resource.logicalId),
      url,
      ...queueAttributes(resource.properties),
      policy: policyFor(reader, 'AWS::SQS::QueuePolicy', 'Queues', url),
    };
  });
  const topics = reader.all('AWS::SNS::Topic').map((resource): TopicModel => {
    const arn = String(reader.ref(resource.logicalId));
    return {
      ...base(resource),
      arn,
      attributes: textual(resource.properties, ['DisplayName', 'FifoTopic', 'ContentBasedDeduplication']),
      keyId: optionalText(resource.properties.KmsMasterKeyId),
      policy: policyFor(reader, 'AWS::SNS::TopicPolicy', 'Topics', arn),
      subscriptions: reader
        .all('AWS::SNS::Subscription')
        .filter((subscription) => subscription.properties.TopicArn === arn)
        .map(({ properties }) => ({
          protocol: String(properties.Protocol),
          endpoint: String(properties.Endpoint),
        })),
    };
  });
  const secrets = reader.all('AWS::SecretsManager::Secret').map((resource): SecretModel => {
    const arn = String(reader.ref(resource.logicalId));
    const policies = reader.all('AWS::SecretsManager::ResourcePolicy');
    return {
      ...base(resource),
      arn,
      description: optionalText(resource.properties.Description),
      keyId: optionalText(resource.properties.KmsKeyId),
      policy: policies.find(({ properties }) => properties.SecretId === arn)?.properties.ResourcePolicy as
        | PolicyDocument
        | undefined,
    };
  });
  const keys = reader.all('AWS::KMS::Key').map(
    (resource): KeyModel => ({
      logicalId: resource.logicalId,
      id: String(reader.ref(resource.logicalId)),
      arn: arnOf(resource.logicalId),
      policy: resource.properties.KeyPolicy as PolicyDocument | undefined,
    }),
  );
  const tables = reader
    .all('AWS::DynamoDB::Table', 'AWS::DynamoDB::GlobalTable')
    .map((resource) => readTable({ ...base(resource), arn: arnOf(resource.logicalId) }, resource.properties));
  return { tables, queues, topics, secrets, keys };
}

function readTable(
  named: Pick<TableModel, 'logicalId' | 'label' | 'name' | 'arn'>,
  p: Record<string, unknown>,
): TableModel {
  const keys = (p.KeySchema ?? []) as { AttributeName: string; KeyType: string }[];
  const indexes = (p.GlobalSecondaryIndexes ?? []) as Record<string, unknown>[];
  const ttl = p.TimeToLiveSpecification as { AttributeName?: string; Enabled?: boolean } | undefined;
  return {
    ...named,
    create: {
      TableName: named.name,
      AttributeDefinitions: p.AttributeDefinitions,
      KeySchema: keys,
      BillingMode: 'PAY_PER_REQUEST',
      // Throughput settings say nothing to an emulator, and it refuses those that it does not know.
      ...(indexes.length > 0 && {
        GlobalSecondaryIndexes: indexes.map(({ IndexName, KeySchema, Projection }) => ({
          IndexName,
          KeySchema,
          Projection,
        })),
      }),
    },
    keyNames: keys.toSorted((a) => (a.KeyType === 'HASH' ? -1 : 1)).map((key) => key.AttributeName),
    indexNames: indexes.map((index) => String(index.IndexName)),
    ttlAttribute: ttl?.Enabled === true ? ttl.AttributeName : undefined,
  };
}

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

function queueAttributes(
  properties: Record<string, unknown>,
): Pick<QueueModel, 'attributes' | 'visibilityTimeoutSeconds'> {
  // 30 seconds is SQS's own default.
  return {
    attributes: textual(properties, QUEUE_PROPERTIES),
    visibilityTimeoutSeconds: Number(properties.VisibilityTimeout ?? 30),
  };
}

function textual(properties: Record<string, unknown>, names: readonly string[]): Record<string, string> {
  const present = names.filter((name) => properties[name] !== undefined);
  return Object.fromEntries(
    present.map((name) => {
      const value = properties[name];
      return [name, typeof value === 'object' ? JSON.stringify(value) : String(value)];
    }),
  );
}

function policyFor(
  reader: StackReader,
  type: string,
  property: string,
  id: string,
): PolicyDocument | undefined {
  const found = reader.all(type).find(({ properties }) => (properties[property] as unknown[]).includes(id));
  return found?.properties.PolicyDocument as PolicyDocument | undefined;
}

function optionalText(value: unknown): string | undefined {
  return value === undefined ? undefined : String(value);
}
