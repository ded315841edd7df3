import type { TableModel } from '../template/model.ts';
import { awsRequest } from './caller.ts';
import type { AwsBackend, AwsRequest, AwsResponse } from './messages.ts';

type AttributeMap = Readonly<Record<string, unknown>>;

/**
 * Adds to an emulated DynamoDB what it lacks: the item that comes back when a condition fails
 * (`ReturnValuesOnConditionCheckFailure`). Writes to the same key wait for each other, or that item could be another
 * writer's.
 */
export class ReturnedItems implements AwsBackend {
  readonly #inner: AwsBackend;
  readonly #tables: ReadonlyMap<string, TableModel>;
  readonly #writes = new Map<string, Promise<unknown>>();

  constructor(inner: AwsBackend, tables: readonly TableModel[]) {
    this.#inner = inner;
    this.#tables = new Map(
      tables.flatMap((table) => [[table.name, table] as const, [table.arn, table] as const]),
    );
  }

  handle(request: AwsRequest): Promise<AwsResponse> {
    const key = this.#writtenKey(request);
    if (key === undefined) return this.#inner.handle(request);
    const id = `${request.parameters().TableName}\n${JSON.stringify(key)}`;
    const before = this.#writes.get(id);
    const write = before ? before.then(() => this.#write(request, key)) : this.#write(request, key);
    const settled: Promise<void> = write.then(
      () => this.#forget(id, settled),
      () => this.#forget(id, settled),
    );
    this.#writes.set(id, settled);
    return write;
  }

  close(): Promise<void> {
    return this.#inner.close();
  }

  #forget(id: string, write: Promise<unknown>): void {
    if (this.#writes.get(id) === write) this.#writes.delete(id);
  }

  async #write(request: AwsRequest, key: AttributeMap): Promise<AwsResponse> {
    const answer = await this.#inner.handle(request);
    const { TableName, ReturnValuesOnConditionCheckFailure } = request.parameters();
    if (answer.status !== 400 || ReturnValuesOnConditionCheckFailure !== 'ALL_OLD') return answer;
    const error = JSON.parse(answer.body.toString()) as { __type?: string };
    if (!error.__type?.endsWith('#ConditionalCheckFailedException')) return answer;
    const read = awsRequest('dynamodb', 'GetItem', { TableName, Key: key, ConsistentRead: true });
    const found = await this.#inner.handle(read);
    const { Item } = JSON.parse(found.body.toString()) as { Item?: AttributeMap };
    if (Item === undefined) return answer;
    // The checksum that came along is the old body's.
    const { 'x-amz-crc32': _checksum, 'content-length': _length, ...headers } = answer.headers;
    return { ...answer, headers, body: JSON.stringify({ ...error, Item }) };
  }

  #writtenKey(request: AwsRequest): AttributeMap | undefined {
    if (!['PutItem', 'UpdateItem', 'DeleteItem'].includes(request.operation)) return undefined;
    const { TableName, Item, Key } = request.parameters() as {
      TableName?: string;
      Item?: AttributeMap;
      Key?: AttributeMap;
    };
    const names = this.#tables.get(TableName ?? '')?.keyNames;
    const holder = Key ?? Item;
    if (!names || !holder) return undefined;
    return Object.fromEntries(names.map((name) => [name, holder[name]]));
  }
}
