import {
  ConditionalCheckFailedException,
  type DynamoDBClient,
  GetItemCommand,
} from '@aws-sdk/client-dynamodb';

/** dynalite does not return the old item when a condition fails; this reads it, as no test here writes in between. */
export function returnOldItems(client: DynamoDBClient): void {
  const send = client.send.bind(client) as (command: unknown, ...rest: unknown[]) => Promise<unknown>;
  const wrapped = async (command: { input: Record<string, unknown> }, ...rest: unknown[]) => {
    try {
      return await send(command, ...rest);
    } catch (error) {
      const { TableName, Item } = command.input as { TableName: string; Item?: Record<string, never> };
      if (error instanceof ConditionalCheckFailedException && Item) {
        const Key = { pk: Item.pk, sk: Item.sk } as never;
        const found = (await send(new GetItemCommand({ TableName, Key, ConsistentRead: true }))) as {
          Item?: Record<string, never>;
        };
        Object.assign(error, { Item: found.Item });
      }
      throw error;
    }
  };
  Object.assign(client, { send: wrapped });
}
