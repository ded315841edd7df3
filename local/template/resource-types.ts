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
const arn = (service: string, rest: (resource: NamedResource) => string) => (resource: NamedResource) =>
  `arn:${resource.partition}:${service}:${resource.region}:${resource.account}:${rest(resource)}`;
const iamArn = (rest: (resource: NamedResource) => string) => (resource: NamedResource) =>
  `arn:${resource.partition}:iam::${resource.account}:${rest(resource)}`;

/** A generated name, the same each time for the same logical id of the same stack. */
export function nameOf(resource: { stackName: string; logicalId: string }, type: ResourceType): string {
  const suffix = stableSuffix(resource, 12);
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
const functionArn = arn('lambda', (r) => `function:${r.property('FunctionName').split(':').at(-1)}`);
const secretArn = arn('secretsmanager', (r) => `secret:${r.name}-${stableSuffix(r, 6)}`);
const queueUrl = (r: NamedResource) => `${r.awsUrl}/${r.account}/${r.name}`;
const tableArn = arn('dynamodb', (r) => `table/${r.name}`);
const TABLE: ResourceType = { nameProperty: 'TableName', ref: name, attributes: { Arn: tableArn } };
/** Types that have no name and no attributes, separated by spaces and without `AWS::`. */
const unnamed = (types: string) =>
  Object.fromEntries(types.split(' ').map((type) => [`AWS::${type}`, { ref: name }]));
const ALARM: ResourceType = {
  nameProperty: 'AlarmName',
  ref: name,
  attributes: { Arn: arn('cloudwatch', (r) => `alarm:${r.name}`) },
};

/** The types that the local run emulates. */
export const EMULATED_TYPES: Readonly<Record<string, ResourceType>> = {
  'AWS::DynamoDB::Table': TABLE,
  'AWS::DynamoDB::GlobalTable': TABLE,
  'AWS::SQS::Queue': {
    nameProperty: 'QueueName',
    nameLength: 80,
    ref: queueUrl,
    attributes: { Arn: arn('sqs', name), QueueName: name, QueueUrl: queueUrl },
  },
  'AWS::SNS::Topic': {
    nameProperty: 'TopicName',
    ref: arn('sns', name),
    attributes: { TopicArn: arn('sns', name), TopicName: name },
  },
  'AWS::SecretsManager::Secret': {
    nameProperty: 'Name',
    shortPrefix: true,
    ref: secretArn,
    attributes: { Id: secretArn },
  },
  'AWS::Lambda::Function': {
    nameProperty: 'FunctionName',
    nameLength: 64,
    ref: name,
    attributes: { Arn: arn('lambda', (r) => `function:${r.name}`) },
  },
  'AWS::Lambda::EventSourceMapping': { ref: keyId, attributes: { Id: keyId } },
  'AWS::ApiGatewayV2::Api': {
    ref: lowerId,
    attributes: {
      ApiId: lowerId,
      ApiEndpoint: (r) => `https://${lowerId(r)}.execute-api.${r.region}.amazonaws.com`,
    },
  },
  'AWS::ApiGatewayV2::Integration': { ref: lowerId, attributes: { IntegrationId: lowerId } },
  'AWS::ApiGatewayV2::Route': { ref: lowerId, attributes: { RouteId: lowerId } },
  'AWS::ApiGatewayV2::Stage': { nameProperty: 'StageName', ref: name },
  'AWS::Events::Rule': {
    nameProperty: 'Name',
    ref: name,
    attributes: { Arn: arn('events', (r) => `rule/${r.name}`) },
  },
  'AWS::Scheduler::Schedule': {
    nameProperty: 'Name',
    ref: name,
    attributes: { Arn: arn('scheduler', (r) => `schedule/default/${r.name}`) },
  },
  'AWS::IAM::Role': {
    nameProperty: 'RoleName',
    nameLength: 64,
    ref: name,
    attributes: { Arn: iamArn((r) => `role/${r.name}`), RoleId: (r) => `AROA${stableSuffix(r, 17)}` },
  },
  'AWS::IAM::ManagedPolicy': { ref: iamArn((r) => `policy/${r.name}`) },
  ...unnamed(
    'IAM::Policy IAM::RolePolicy SNS::TopicPolicy SQS::QueuePolicy SecretsManager::ResourcePolicy Lambda::Permission',
  ),
  'AWS::Lambda::Version': {
    ref: (r) => `${functionArn(r)}:1`,
    attributes: { Version: () => '1', FunctionArn: (r) => `${functionArn(r)}:1` },
  },
  'AWS::Lambda::Alias': {
    nameProperty: 'Name',
    ref: (r) => `${functionArn(r)}:${r.name}`,
    attributes: { AliasArn: (r) => `${functionArn(r)}:${r.name}` },
  },
  'AWS::KMS::Key': { ref: keyId, attributes: { Arn: arn('kms', (r) => `key/${keyId(r)}`), KeyId: keyId } },
  'AWS::Logs::LogGroup': {
    nameProperty: 'LogGroupName',
    ref: name,
    attributes: { Arn: arn('logs', (r) => `log-group:${r.name}:*`) },
  },
};

/** Types without which a local run behaves the same; other resources may only refer to them by name. */
export const IDLE_TYPES: Readonly<Record<string, ResourceType>> = {
  ...unnamed(
    'CDK::Metadata Logs::MetricFilter Logs::ResourcePolicy Logs::QueryDefinition Lambda::EventInvokeConfig',
  ),
  ...unnamed(
    'ApplicationAutoScaling::ScalableTarget ApplicationAutoScaling::ScalingPolicy ApiGatewayV2::ApiMapping',
  ),
  'AWS::KMS::Alias': { nameProperty: 'AliasName', ref: name },
  'AWS::SNS::Subscription': { ref: arn('sns', (r) => `${r.name}:${keyId(r)}`) },
  'AWS::CloudWatch::Alarm': ALARM,
  'AWS::CloudWatch::CompositeAlarm': ALARM,
  'AWS::CloudWatch::Dashboard': { nameProperty: 'DashboardName', ref: name },
  'AWS::ApiGatewayV2::DomainName': {
    nameProperty: 'DomainName',
    ref: name,
    attributes: {
      RegionalDomainName: (r) => `d-${lowerId(r)}.execute-api.${r.region}.amazonaws.com`,
      RegionalHostedZoneId: () => 'Z00000000000000000000',
    },
  },
  'AWS::Route53::RecordSet': { nameProperty: 'Name', ref: name },
};
