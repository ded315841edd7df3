import { DynamoDBClient, PutItemCommand } from '@aws-sdk/client-dynamodb';

const client = new DynamoDBClient({});

/** Writes each message to the table. */
export async function handler({
  Records,
}: {
  Records: { messageId: string; body: string }[];
}): Promise<void> {
  for (const { messageId, body } of Records) {
    const Item = { id: { S: messageId }, at: { N: '1' }, text: { S: body } };
    await client.send(new PutItemCommand({ TableName: process.env.LOG_TABLE, Item }));
  }
}
