import { EventEmitter } from 'node:events';
import dynalite from 'dynalite';
import type { TableModel } from '../template/model.ts';
import { type AwsBackend, type AwsRequest, type AwsResponse, awsError } from './messages.ts';

/**
 * DynamoDB in memory: dynalite, called without a socket between, and what it lacks: the item that comes back when a
 * condition fails. Writes to the same key wait for each other, or that item could be another writer's.
 */
export class DynamoDb implements AwsBackend {
  private readonly server = dynalite({ createTableMs: 0, deleteTableMs: 0, updateTableMs: 0 });
  private readonly tables: ReadonlyMap<string, TableModel>;
  private readonly writes = new Map<string, Promise<unknown>>();

  constructor(tables: readonly TableModel[]) {
    this.tables = new Map(
      tables.flatMap((table) => [[table.name, table] as const, [table.arn, table] as const]),
    );
  }

  handle(request: AwsRequest): Promise<AwsResponse> {
    const key = this.writtenKey(request);
    if (key === undefined) return this.call(request.operation, request.body);
    const id = `${request.parameters().TableName}\n${JSON.stringify(key)}`;
    const before = this.writes.get(id);
    const write = before ? before.then(() => this.write(request, key)) : this.write(request, key);
    this.writes.set(id, write);
    const forget = () => {
      if (this.writes.get(id) === write) this.writes.delete(id);
    };
    write.then(forget, forget);
    return write;
  }

  close(): Promise<void> {
    // The in-memory store holds nothing that must be written, and the server never listened.
    return Promise.resolve();
  }

  private async write(request: AwsRequest, key: Record<string, unknown>): Promise<AwsResponse> {
    const answer = await this.call(request.operation, request.body);
    const parameters = request.parameters();
    if (answer.status !== 400 || parameters.ReturnValuesOnConditionCheckFailure !== 'ALL_OLD') return answer;
    const error = JSON.parse(answer.body.toString()) as { __type?: string };
    if (!error.__type?.endsWith('#ConditionalCheckFailedException')) return answer;
    const read = { TableName: parameters.TableName, Key: key, ConsistentRead: true };
    const found = await this.call('GetItem', Buffer.from(JSON.stringify(read)));
    const { Item } = JSON.parse(found.body.toString()) as { Item?: unknown };
    if (Item === undefined) return answer;
    return { ...answer, headers: jsonHeaders, body: JSON.stringify({ ...error, Item }) };
  }

  private writtenKey(request: AwsRequest): Record<string, unknown> | undefined {
    if (!['PutItem', 'UpdateItem', 'DeleteItem'].includes(request.operation)) return undefined;
    const { TableName, Item, Key } = request.parameters() as {
      TableName?: string;
      Item?: Record<string, unknown>;
      Key?: Record<string, unknown>;
    };
    const names = this.tables.get(TableName ?? '')?.keyNames;
    const holder = Key ?? Item;
    if (!names || !holder) return undefined;
    return Object.fromEntries(names.map((name) => [name, holder[name]]));
  }

  private call(operation: string, body: Buffer): Promise<AwsResponse> {
    return new Promise((resolve, reject) => {
      const request = Object.assign(new EventEmitter(), {
        method: 'POST',
        url: '/',
        headers: { ...requestHeaders, 'x-amz-target': `DynamoDB_20120810.${operation}` },
      });
      const headers: Record<string, string> = {};
      const response = {
        statusCode: 200,
        setHeader: (name: string, value: unknown) => {
          headers[name.toLowerCase()] = String(value);
        },
        end(text: string) {
          resolve({ status: this.statusCode, headers, body: text });
        },
      };
      try {
        this.server.emit('request', request, response);
        request.emit('data', body);
        request.emit('end');
      } catch (error) {
        reject(error);
      }
    });
  }
}

const jsonHeaders = { 'content-type': 'application/x-amz-json-1.0' };

/** dynalite looks at these, but checks no signature; the front has authenticated the caller. */
const requestHeaders = {
  ...jsonHeaders,
  'x-amz-date': '20000101T000000Z',
  authorization:
    'AWS4-HMAC-SHA256 Credential=x/20000101/us-east-1/dynamodb/aws4_request, SignedHeaders=host, Signature=x',
};

/** DynamoDB's answer to a control-plane call that dynalite lacks. */
export function unsupported(request: AwsRequest): AwsResponse {
  return awsError('dynamodb', {
    code: 'UnknownOperationException',
    message: `The local DynamoDB does not know ${request.operation}.`,
  });
}
