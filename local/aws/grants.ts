import type { KeyModel, StackModel } from '../template/model.ts';
import { leadingKeys } from './leading-keys.ts';
import type { AwsRequest } from './messages.ts';
import { partsOfTransaction } from './transactions.ts';

/** One permission that a call needs. */
export interface NeededGrant {
  /** `dynamodb:PutItem` */
  readonly action: string;
  readonly resource: string;
  /** `dynamodb:LeadingKeys`; absent where the call names no key. */
  readonly leadingKeys?: readonly string[];
}

/** Operations that IAM knows by another name. */
const actionNames: Readonly<Record<string, string>> = {
  SendMessageBatch: 'SendMessage',
  DeleteMessageBatch: 'DeleteMessage',
  ChangeMessageVisibilityBatch: 'ChangeMessageVisibility',
  PublishBatch: 'Publish',
};

/** The permissions that AWS would ask for before it does a call. */
export class GrantFinder {
  private readonly stack: StackModel;
  private readonly keys: ReadonlyMap<string, KeyModel>;

  constructor(stack: StackModel) {
    this.stack = stack;
    this.keys = new Map(stack.data.keys.flatMap((key) => [[key.id, key] as const, [key.arn, key] as const]));
  }

  /** @returns one grant for each resource, first the call's own, then those of its encryption key */
  needed(request: AwsRequest): NeededGrant[] {
    const parts = partsOfTransaction(request);
    if (parts.length > 0) return parts.flatMap((part) => this.needed(part));
    const action = `${request.service}:${actionNames[request.operation] ?? request.operation}`;
    const resources = this.resources(request);
    const own = resources.map((resource) => ({ action, resource, ...this.keysNamed(request, resource) }));
    return [...own, ...this.ofKeys(request, resources)];
  }

  private keysNamed(request: AwsRequest, resource: string): Pick<NeededGrant, 'leadingKeys'> {
    const table = this.stack.data.tables.find(
      ({ arn }) => resource === arn || resource.startsWith(`${arn}/`),
    );
    const keys = table ? leadingKeys(request, table) : [];
    return keys.length > 0 ? { leadingKeys: keys } : {};
  }

  private resources(request: AwsRequest): string[] {
    const parameters = request.parameters();
    const text = (name: string) => (parameters[name] === undefined ? undefined : String(parameters[name]));
    switch (request.service) {
      case 'dynamodb':
        return this.tables(parameters);
      case 'sqs':
        return [this.queueArn(text('QueueUrl') ?? text('QueueName'))];
      case 'sns':
        return [text('TopicArn') ?? text('TargetArn') ?? text('SubscriptionArn') ?? '*'];
      case 'secretsmanager':
        return [this.secretArn(text('SecretId'))];
      default:
        return ['*'];
    }
  }

  private tables(parameters: Readonly<Record<string, unknown>>): string[] {
    const arn = (table: string) =>
      table.startsWith('arn:') ? table : this.arn('dynamodb', `table/${table}`);
    if (typeof parameters.TableName === 'string') {
      const table = arn(parameters.TableName);
      return [parameters.IndexName === undefined ? table : `${table}/index/${parameters.IndexName}`];
    }
    const items = parameters.RequestItems as Record<string, unknown> | undefined;
    if (items) return Object.keys(items).map(arn);
    return ['*'];
  }

  private queueArn(urlOrName: string | undefined): string {
    return urlOrName === undefined ? '*' : this.arn('sqs', urlOrName.split('/').at(-1) ?? '');
  }

  private secretArn(id: string | undefined): string {
    if (id === undefined) return '*';
    const known = this.stack.data.secrets.find((secret) => secret.arn === id || secret.name === id);
    if (known) return known.arn;
    // AWS asks about a secret that does not exist with six question marks in place of its suffix.
    return id.startsWith('arn:') ? id : this.arn('secretsmanager', `secret:${id}-??????`);
  }

  private ofKeys(request: AwsRequest, resources: readonly string[]): NeededGrant[] {
    const { topics, secrets } = this.stack.data;
    const uses: { keyId: string | undefined; actions: string[] }[] = [];
    if (request.service === 'sns' && request.operation.startsWith('Publish')) {
      const keyId = topics.find((topic) => resources.includes(topic.arn))?.keyId;
      uses.push({ keyId, actions: ['kms:GenerateDataKey', 'kms:Decrypt'] });
    }
    if (request.service === 'secretsmanager' && request.operation === 'GetSecretValue') {
      uses.push({
        keyId: secrets.find((secret) => resources.includes(secret.arn))?.keyId,
        actions: ['kms:Decrypt'],
      });
    }
    return uses.flatMap(({ keyId, actions }) => {
      const key = keyId === undefined ? undefined : this.keys.get(keyId);
      return key ? actions.map((action) => ({ action, resource: key.arn })) : [];
    });
  }

  private arn(service: string, rest: string): string {
    return `arn:aws:${service}:${this.stack.region}:${this.stack.account}:${rest}`;
  }
}
