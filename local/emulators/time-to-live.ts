import type { TableModel } from '../template/model.ts';
import type { AwsCaller } from './caller.ts';

/**
 * Deletes the items of a table whose time to live is over, as DynamoDB does some time after. The condition spares an
 * item that was written again in the meantime.
 * @param nowSeconds epoch seconds
 * @returns how many items are gone
 */
export async function expireItems(aws: AwsCaller, table: TableModel, nowSeconds: number): Promise<number> {
  if (table.ttlAttribute === undefined) return 0;
  const names = Object.fromEntries(
    [...table.keyNames, table.ttlAttribute].map((name, index) => [`#n${index}`, name]),
  );
  const ttl = `#n${table.keyNames.length}`;
  const condition = {
    ExpressionAttributeValues: { ':now': { N: String(Math.floor(nowSeconds)) } },
  };
  let expired = 0;
  let start: unknown;
  do {
    const page = await aws.call<{ Items: Record<string, unknown>[]; LastEvaluatedKey?: unknown }>(
      'dynamodb',
      'Scan',
      {
        TableName: table.name,
        FilterExpression: `${ttl} < :now`,
        ProjectionExpression: Object.keys(names).slice(0, table.keyNames.length).join(', '),
        ExpressionAttributeNames: names,
        ...condition,
        ...(start !== undefined && { ExclusiveStartKey: start }),
      },
    );
    for (const Key of page.Items) {
      await aws.call('dynamodb', 'DeleteItem', {
        TableName: table.name,
        Key,
        ConditionExpression: '#ttl < :now',
        ExpressionAttributeNames: { '#ttl': table.ttlAttribute },
        ...condition,
      });
      expired += 1;
    }
    start = page.LastEvaluatedKey;
  } while (start !== undefined);
  return expired;
}
