import type { AwsRequest } from '../emulators/messages.ts';
import type { TableModel } from '../template/model.ts';

type AttributeMap = Readonly<Record<string, unknown>>;

/** The parameters of DynamoDB's operations that name items. */
interface Parameters {
  readonly TableName?: string;
  readonly IndexName?: string;
  readonly Item?: AttributeMap;
  readonly Key?: AttributeMap;
  readonly Keys?: readonly AttributeMap[];
  readonly KeyConditionExpression?: string;
  readonly ExpressionAttributeNames?: Readonly<Record<string, string>>;
  readonly ExpressionAttributeValues?: AttributeMap;
  readonly RequestItems?: Readonly<
    Record<string, Parameters | readonly Readonly<Record<string, Parameters>>[]>
  >;
}

/**
 * Values of the partition key that a call names, as in IAM's `dynamodb:LeadingKeys`. Empty for a scan and for any other
 * call that names no key: AWS leaves the condition key out of those.
 */
export function leadingKeys(request: AwsRequest, table: TableModel): string[] {
  const parameters: Parameters = request.parameters();
  const named = parts(parameters, table.name).flatMap((part) => keysOf(part, table));
  return [...new Set(named)];
}

/** What a call says about one table: the call itself, or the entries of its batch. */
function parts(parameters: Parameters, table: string): Parameters[] {
  const { RequestItems } = parameters;
  if (!RequestItems) return [parameters];
  return Object.entries(RequestItems)
    .filter(([name]) => isOf(name, table))
    .flatMap(([, part]) => ('length' in part ? part.flatMap((entry) => Object.values(entry)) : [part]));
}

/** A table may be named by its ARN. */
const isOf = (named: string | undefined, table: string): boolean => named?.split('/').at(-1) === table;

function keysOf(part: Parameters, table: TableModel): string[] {
  const partition = partitionKey(table, part.IndexName);
  if (partition === undefined) return [];
  const holders = [part.Item, part.Key, ...(part.Keys ?? [])];
  const values = holders.flatMap((holder) => (holder ? [holder[partition]] : []));
  return [...values, ...queried(part, partition)].flatMap(textOf);
}

/** The partition key of a table or of one of its indexes. */
function partitionKey(table: TableModel, index: string | undefined): string | undefined {
  if (index === undefined) return table.keyNames[0];
  const indexes = table.create.GlobalSecondaryIndexes;
  const found = Array.isArray(indexes) ? indexes.find(({ IndexName }) => IndexName === index) : undefined;
  return found?.KeySchema.find(({ KeyType }: { KeyType: string }) => KeyType === 'HASH')?.AttributeName;
}

/** The value that a query compares the partition key with; DynamoDB demands exactly one such comparison. */
function queried(part: Parameters, partition: string): unknown[] {
  const { KeyConditionExpression = '', ExpressionAttributeNames, ExpressionAttributeValues } = part;
  const comparisons = KeyConditionExpression.matchAll(/([#\w.-]+)\s*=\s*(:\w+)/g);
  return [...comparisons].flatMap(([, name = '', value = '']) =>
    (ExpressionAttributeNames?.[name] ?? name) === partition ? [ExpressionAttributeValues?.[value]] : [],
  );
}

/** A key attribute as text: `{ S: 'event#1' }`. */
function textOf(attribute: unknown): string[] {
  if (typeof attribute !== 'object' || attribute === null) return [];
  return Object.values(attribute).map(String);
}
