import type { AwsRequest, Parameters } from '../emulators/messages.ts';
import type { FunctionModel, StackModel } from '../template/model.ts';
import { leadingKeys } from './leading-keys.ts';
import { partsOfTransaction } from './transactions.ts';

export interface NeededGrant {
  /** `dynamodb:PutItem` */
  readonly action: string;
  readonly resource: string;
  /** `dynamodb:LeadingKeys`; absent if the call names no key. */
  readonly leadingKeys?: readonly string[];
  /** `kms:ViaService`; absent unless a service uses a key for the caller. */
  readonly viaService?: string;
}

/** Operations whose IAM action has another name. */
const ACTION_NAMES: Readonly<Record<string, string>> = {
  SendMessageBatch: 'SendMessage',
  DeleteMessageBatch: 'DeleteMessage',
  ChangeMessageVisibilityBatch: 'ChangeMessageVisibility',
  PublishBatch: 'Publish',
  Invoke: 'InvokeFunction',
};

/** The permissions that AWS would check for a call: one for each resource, then those for its encryption key. */
export function neededGrants(stack: StackModel, request: AwsRequest): NeededGrant[] {
  const parts = partsOfTransaction(request);
  if (parts.length > 0) return parts.flatMap((part) => neededGrants(stack, part));
  const action = `${request.service}:${ACTION_NAMES[request.operation] ?? request.operation}`;
  const resources = resourcesOf(stack, request);
  const own = resources.map((resource) => ({ action, resource, ...keysNamed(stack, request, resource) }));
  return [...own, ...keyGrants(stack, action, resources)];
}

function keysNamed(
  { data }: StackModel,
  request: AwsRequest,
  resource: string,
): Pick<NeededGrant, 'leadingKeys'> {
  const table = data.tables.find(({ arn }) => resource === arn || resource.startsWith(`${arn}/`));
  const keys = table ? leadingKeys(request, table) : [];
  return keys.length > 0 ? { leadingKeys: keys } : {};
}

/**
 * The permissions that Lambda needs on behalf of a function, whose calls are not seen here: for its log stream, and for
 * traces if they are on. Each list is for one feature.
 */
export function lambdaGrants(stack: StackModel, fn: FunctionModel, logStream: string): NeededGrant[][] {
  const group = `arn:aws:logs:${stack.region}:${stack.account}:log-group:${fn.logGroup}`;
  const on = (resource: string, ...actions: string[]) => actions.map((action) => ({ action, resource }));
  const logs = on(`${group}:log-stream:${logStream}`, 'logs:CreateLogStream', 'logs:PutLogEvents');
  return fn.traced ? [logs, on('*', 'xray:PutTraceSegments', 'xray:PutTelemetryRecords')] : [logs];
}

function resourcesOf(stack: StackModel, request: AwsRequest): string[] {
  const parameters = request.parameters();
  const { QueueUrl, QueueName, TopicArn, TargetArn, SubscriptionArn, SecretId, FunctionName } = parameters;
  switch (request.service) {
    case 'dynamodb':
      return tablesOf(stack, parameters);
    case 'sqs': {
      if (QueueUrl !== undefined) return [queueArn(stack, String(QueueUrl))];
      return [QueueName === undefined ? '*' : arnOf(stack, 'sqs', String(QueueName))];
    }
    case 'sns':
      return [String(TopicArn ?? TargetArn ?? SubscriptionArn ?? '*')];
    case 'secretsmanager':
      return [SecretId === undefined ? '*' : secretArn(stack, String(SecretId))];
    case 'lambda':
      return [functionArn(stack, String(FunctionName))];
    case 'events':
      return busesOf(stack, parameters);
    default:
      return ['*'];
  }
}

function tablesOf(stack: StackModel, parameters: Parameters): string[] {
  const { TableName, IndexName, RequestItems } = parameters as {
    TableName?: string;
    IndexName?: string;
    RequestItems?: object;
  };
  const table = (name = '') => (name.startsWith('arn:') ? name : arnOf(stack, 'dynamodb', `table/${name}`));
  if (TableName !== undefined) {
    return [IndexName === undefined ? table(TableName) : `${table(TableName)}/index/${IndexName}`];
  }
  return RequestItems ? Object.keys(RequestItems).map(table) : ['*'];
}

/** Region and account of a queue are those in its URL; the URL of a queue of the stack names no region here. */
function queueArn(stack: StackModel, url: string): string {
  const [, region] = /^https:\/\/sqs\.([a-z0-9-]+)\./.exec(url) ?? [];
  const [account = stack.account, name = ''] = url.split('/').slice(-2);
  return `arn:aws:sqs:${region ?? stack.region}:${account}:${name}`;
}

const functionArn = (stack: StackModel, name: string): string =>
  name.startsWith('arn:') ? name : arnOf(stack, 'lambda', `function:${name}`);

function busesOf(stack: StackModel, parameters: Parameters): string[] {
  const { Entries = [] } = parameters as { Entries?: readonly { EventBusName?: string }[] };
  const buses = Entries.map(({ EventBusName: bus = 'default' }) =>
    bus.startsWith('arn:') ? bus : arnOf(stack, 'events', `event-bus/${bus}`),
  );
  return [...new Set(buses)];
}

function secretArn(stack: StackModel, id: string): string {
  const known = stack.data.secrets.find((secret) => secret.arn === id || secret.name === id);
  if (known) return known.arn;
  // AWS checks a secret that does not exist with six question marks in place of its suffix.
  return id.startsWith('arn:') ? id : arnOf(stack, 'secretsmanager', `secret:${id}-??????`);
}

/** Calls that encrypt or decrypt under the key of their resource, and what they need there. */
const KEY_ACTIONS: Readonly<Record<string, readonly string[]>> = {
  'sns:Publish': ['kms:GenerateDataKey', 'kms:Decrypt'],
  'secretsmanager:GetSecretValue': ['kms:Decrypt'],
  'sqs:SendMessage': ['kms:GenerateDataKey', 'kms:Decrypt'],
  'sqs:ReceiveMessage': ['kms:Decrypt'],
  // Each of these needs the key of the table, which is encrypted.
  ...Object.fromEntries(
    ['BatchGetItem', 'GetItem', 'PutItem', 'Query'].map((name) => [`dynamodb:${name}`, ['kms:Decrypt']]),
  ),
};

function keyGrants(
  { data, region }: StackModel,
  action: string,
  resources: readonly string[],
): NeededGrant[] {
  const encrypted = [...data.tables, ...data.queues, ...data.topics, ...data.secrets];
  const keyId = encrypted.find(({ arn }) =>
    resources.some((one) => one === arn || one.startsWith(`${arn}/`)),
  )?.keyId;
  // A key by ARN is the customer's own, whose policy is not in the template.
  const key = data.keys.find(({ id, arn }) => id === keyId || arn === keyId)?.arn ?? keyId;
  if (!key?.startsWith('arn:')) return [];
  const viaService = `${action.split(':')[0]}.${region}.amazonaws.com`;
  return (KEY_ACTIONS[action] ?? []).map((use) => ({ action: use, resource: key, viaService }));
}

const arnOf = ({ region, account }: StackModel, service: string, rest: string): string =>
  `arn:aws:${service}:${region}:${account}:${rest}`;
