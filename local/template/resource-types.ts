import { createHash } from 'node:crypto';
import type { StackPlace } from './cloudformation.ts';

/** What `Ref` and `Fn::GetAtt` of a resource are built from. */
export interface NamedResource extends StackPlace {
  readonly logicalId: string;
  /** The physical name: the template's own, or one as CloudFormation generates it. */
  readonly name: string;
  /** `http://127.0.0.1:<port>`, where the emulators answer. */
  readonly awsUrl: string;
  /** Another property of the resource, resolved, as text. */
  readonly property: (name: string) => string;
}

/** How resources of one type are named and referred to. */
export interface ResourceType {
  /** The property that holds a name given by the template. */
  readonly nameProperty?: string;
  /** Generated names start with the logical id alone, without the stack's name in front. */
  readonly shortPrefix?: boolean;
  /** Longest generated name, in characters. */
  readonly nameLength?: number;
  readonly ref: (resource: NamedResource) => unknown;
  readonly attributes?: Readonly<Record<string, (resource: NamedResource) => unknown>>;
}

const name = (resource: NamedResource) => resource.name;
/** An ARN that ends in a prefix and a value, by default the name. */
const arn =
  (service: string, prefix = '', value: (resource: NamedResource) => string = name) =>
  (resource: NamedResource) => {
    const region = service === 'iam' ? '' : resource.region;
    return `arn:${resource.partition}:${service}:${region}:${resource.account}:${prefix}${value(resource)}`;
  };

/** A generated name, the same each time for the same logical id of the same stack. */
export function nameOf(
  resource: { stackName: string; logicalId: string; isFifo?: boolean },
  type: ResourceType,
): string {
  const suffix = `${stableSuffix(resource, 12)}${resource.isFifo ? '.fifo' : ''}`;
  const prefix = type.shortPrefix ? resource.logicalId : `${resource.stackName}-${resource.logicalId}`;
  return `${prefix.slice(0, (type.nameLength ?? 255) - suffix.length - 1)}-${suffix}`;
}

function stableSuffix(resource: { stackName: string; logicalId: string }, length: number): string {
  const digest = createHash('sha256').update(`${resource.stackName}/${resource.logicalId}`).digest();
  return [...digest.subarray(0, length)]
    .map((byte) => 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'[byte % 32])
    .join('');
}

const lowerId = (resource: NamedResource) => stableSuffix(resource, 10).toLowerCase();
const keyId = (resource: NamedResource) => {
  const hex = createHash('sha256').update(`${resource.stackName}/${resource.logicalId}`).digest('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
};
/** Versions and aliases refer to their function by name or ARN. */
const functionArn = arn('lambda', 'function:', (r) => r.property('FunctionName').split(':').at(-1) ?? '');
const secretArn = arn('secretsmanager', 'secret:', (r) => `${r.name}-${stableSuffix(r, 6)}`);
const queueUrl = (r: NamedResource) => `${r.awsUrl}/${r.account}/${r.name}`;
const alias = (r: NamedResource) => `${functionArn(r)}:${r.name}`;
const version = (r: NamedResource) => `${functionArn(r)}:1`;

type Value = (resource: NamedResource) => unknown;

/** A type whose `Ref` is its name, with its ARN and other attributes. */
const named = (nameProperty: string, Arn?: Value, more: Partial<ResourceType> = {}): ResourceType => ({
  nameProperty,
  ref: name,
  ...more,
  attributes: { ...(Arn && { Arn }), ...more.attributes },
});
/** A type that has an id instead of a name, in an attribute of this name. */
const identified = (attribute: string, id: Value): ResourceType => ({
  ref: id,
  attributes: { [attribute]: id },
});
/** Types that have no name and no attributes, separated by spaces and without `AWS::`. */
const unnamed = (types: string) =>
  Object.fromEntries(types.split(' ').map((type) => [`AWS::${type}`, { ref: name }]));

const TABLE = named('TableName', arn('dynamodb', 'table/'));
const ALARM = named('AlarmName', arn('cloudwatch', 'alarm:'));

/** The types that the local run emulates. */
export const EMULATED_TYPES: Readonly<Record<string, ResourceType>> = {
  ...unnamed('IAM::Policy IAM::RolePolicy SNS::TopicPolicy SQS::QueuePolicy Lambda::Permission'),
  ...unnamed('SecretsManager::ResourcePolicy'),
  'AWS::DynamoDB::Table': TABLE,
  'AWS::DynamoDB::GlobalTable': TABLE,
  'AWS::SQS::Queue': named('QueueName', arn('sqs'), {
    nameLength: 80,
    ref: queueUrl,
    attributes: { QueueName: name, QueueUrl: queueUrl },
  }),
  'AWS::SNS::Topic': named('TopicName', undefined, {
    ref: arn('sns'),
    attributes: { TopicArn: arn('sns'), TopicName: name },
  }),
  'AWS::SecretsManager::Secret': {
    nameProperty: 'Name',
    shortPrefix: true,
    ...identified('Id', secretArn),
  },
  'AWS::Lambda::Function': named('FunctionName', arn('lambda', 'function:'), { nameLength: 64 }),
  'AWS::Lambda::EventSourceMapping': identified('Id', keyId),
  'AWS::Lambda::Version': { ref: version, attributes: { Version: () => '1', FunctionArn: version } },
  'AWS::Lambda::Alias': { nameProperty: 'Name', ...identified('AliasArn', alias) },
  'AWS::ApiGatewayV2::Api': {
    ref: lowerId,
    attributes: {
      ApiId: lowerId,
      ApiEndpoint: (r) => `https://${lowerId(r)}.execute-api.${r.region}.amazonaws.com`,
    },
  },
  'AWS::ApiGatewayV2::Integration': identified('IntegrationId', lowerId),
  'AWS::ApiGatewayV2::Route': identified('RouteId', lowerId),
  'AWS::ApiGatewayV2::Stage': named('StageName'),
  'AWS::Events::Rule': named('Name', arn('events', 'rule/')),
  'AWS::Scheduler::Schedule': named('Name', arn('scheduler', 'schedule/default/')),
  'AWS::IAM::Role': named('RoleName', arn('iam', 'role/'), {
    nameLength: 64,
    attributes: { RoleId: (r) => `AROA${stableSuffix(r, 17)}` },
  }),
  'AWS::IAM::ManagedPolicy': { ref: arn('iam', 'policy/') },
  'AWS::KMS::Key': { ref: keyId, attributes: { Arn: arn('kms', 'key/', keyId), KeyId: keyId } },
  'AWS::Logs::LogGroup': named(
    'LogGroupName',
    arn('logs', 'log-group:', (r) => `${r.name}:*`),
  ),
};

/** A resource of the customer's that a local run is without: others may refer to its name. */
export const LEFT_OUT: ResourceType = { ref: name };

/** What stands in for an unknown attribute of a resource, so that those that refer to it can be read. */
export const standIn = (type: string, attribute: string): Value =>
  attribute === 'Arn'
    ? arn(type.split('::')[1]?.toLowerCase() ?? '')
    : (resource) => `${resource.name}.${attribute}`.toLowerCase();

/** Types without which a local run behaves the same; other resources may only refer to them by name. */
export const IDLE_TYPES: Readonly<Record<string, ResourceType>> = {
  ...unnamed('CDK::Metadata Logs::MetricFilter Logs::ResourcePolicy Logs::QueryDefinition'),
  ...unnamed('Lambda::EventInvokeConfig ApiGatewayV2::ApiMapping S3::BucketPolicy'),
  ...unnamed('ApplicationAutoScaling::ScalableTarget ApplicationAutoScaling::ScalingPolicy'),
  'AWS::KMS::Alias': named('AliasName'),
  'AWS::SNS::Subscription': { ref: arn('sns', '', (r) => `${r.name}:${keyId(r)}`) },
  'AWS::CloudWatch::Alarm': ALARM,
  'AWS::CloudWatch::CompositeAlarm': ALARM,
  'AWS::CloudWatch::Dashboard': named('DashboardName'),
  'AWS::ApiGatewayV2::DomainName': named('DomainName', undefined, {
    attributes: {
      RegionalDomainName: (r) => `d-${lowerId(r)}.execute-api.${r.region}.amazonaws.com`,
      RegionalHostedZoneId: () => 'Z00000000000000000000',
    },
  }),
  'AWS::Route53::RecordSet': named('Name'),
};
