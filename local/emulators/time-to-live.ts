import type { TableModel } from '../template/model.ts';
import type { AwsCaller } from './caller.ts';

type Page = Readonly<{ Items: Record<string, unknown>[]; LastEvaluatedKey?: unknown }>;

/**
 * Deletes a table's expired items, as DynamoDB does some time after they expire. The condition spares an item that was
 * written again in the meantime.
 * @param nowSeconds epoch seconds
 * @returns how many items were deleted
 */
export async function expireItems(aws: AwsCaller, table: TableModel, nowSeconds: number): Promise<number> {
  const { name: TableName, keyNames, ttlAttribute } = table;
  if (ttlAttribute === undefined) return 0;
  const isExpired = '#ttl < :now';
  const ExpressionAttributeValues = { ':now': { N: String(Math.floor(nowSeconds)) } };
  const keys = Object.fromEntries(keyNames.map((name, index) => [`#key${index}`, name]));
  let deleted = 0;
  let ExclusiveStartKey: unknown;
  do {
    const page: Page = await aws.call('dynamodb', 'Scan', {
      TableName,
      FilterExpression: isExpired,
      ProjectionExpression: Object.keys(keys).join(', '),
      ExpressionAttributeNames: { ...keys, '#ttl': ttlAttribute },
      ExpressionAttributeValues,
      ...(ExclusiveStartKey !== undefined && { ExclusiveStartKey }),
    });
    for (const Key of page.Items) {
      await aws.call('dynamodb', 'DeleteItem', {
        TableName,
        Key,
        ConditionExpression: isExpired,
        ExpressionAttributeNames: { '#ttl': ttlAttribute },
        ExpressionAttributeValues,
      });
      deleted += 1;
    }
    ExclusiveStartKey = page.LastEvaluatedKey;
  } while (ExclusiveStartKey !== undefined);
  return deleted;
}
