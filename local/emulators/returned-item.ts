import type { TableModel } from '../template/model.ts';
import { awsRequest } from './caller.ts';
import type { AwsBackend, AwsRequest, AwsResponse } from './messages.ts';

type AttributeMap = Readonly<Record<string, unknown>>;

const WRITES = /^(PutItem|UpdateItem|DeleteItem)$/;

/**
 * Adds a feature that the emulated DynamoDB lacks: returning the item when a condition fails
 * (`ReturnValuesOnConditionCheckFailure`). Writes to the same key are serialized; otherwise that item could be another
 * writer's.
 */
export class ReturnedItems implements AwsBackend {
  readonly #inner: AwsBackend;
  readonly #tables: readonly TableModel[];
  readonly #writes = new Map<string, Promise<unknown>>();

  constructor(inner: AwsBackend, tables: readonly TableModel[]) {
    this.#inner = inner;
    this.#tables = tables;
  }

  handle(request: AwsRequest): Promise<AwsResponse> {
    const key = this.#writtenKey(request);
    if (key === undefined) return this.#inner.handle(request);
    const id = `${request.parameters().TableName}\n${JSON.stringify(key)}`;
    const before = this.#writes.get(id);
    const write = before ? before.then(() => this.#write(request, key)) : this.#write(request, key);
    const forget = () => {
      if (this.#writes.get(id) === settled) this.#writes.delete(id);
    };
    const settled: Promise<void> = write.then(forget, forget);
    this.#writes.set(id, settled);
    return write;
  }

  close(): Promise<void> {
    return this.#inner.close();
  }

  async #write(request: AwsRequest, Key: AttributeMap): Promise<AwsResponse> {
    const response = await this.#inner.handle(request);
    const { TableName, ReturnValuesOnConditionCheckFailure } = request.parameters();
    if (response.status !== 400 || ReturnValuesOnConditionCheckFailure !== 'ALL_OLD') return response;
    const error: { __type?: string } = JSON.parse(response.body.toString());
    if (!error.__type?.endsWith('#ConditionalCheckFailedException')) return response;
    const read = awsRequest('dynamodb', 'GetItem', { TableName, Key, ConsistentRead: true });
    const { Item } = JSON.parse((await this.#inner.handle(read)).body.toString());
    if (Item === undefined) return response;
    // The checksum is that of the old body.
    const { 'x-amz-crc32': _checksum, 'content-length': _length, ...headers } = response.headers;
    return { ...response, headers, body: JSON.stringify({ ...error, Item }) };
  }

  #writtenKey(request: AwsRequest): AttributeMap | undefined {
    if (!WRITES.test(request.operation)) return undefined;
    const {
      TableName,
      Item,
      Key = Item,
    } = request.parameters() as { [name: string]: AttributeMap | undefined };
    const table = this.#tables.find(({ name, arn }) => [name, arn].includes(String(TableName)));
    return table && Key && Object.fromEntries(table.keyNames.map((name) => [name, Key[name]]));
  }
}
