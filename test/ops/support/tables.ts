import {
  type AttributeValue,
  DeleteItemCommand,
  PutItemCommand,
  ScanCommand,
} from '@aws-sdk/client-dynamodb';
import type { Here } from './use-stage.ts';

type Stored = Record<string, AttributeValue>;

/** All items of a table, which is that of the stage by default. */
export async function itemsOf({ emulators, stage }: Here, TableName = stage.outputs.tableName) {
  const { Items = [] } = await emulators.dynamoDb.send(new ScanCommand({ TableName }));
  return Items as Stored[];
}

/** What a backup of the stage's table holds at this moment, in a table of its own. */
export async function backUp(here: Here, change: (item: Stored) => Stored = (item) => item): Promise<string> {
  const TableName = await here.emulators.createTable();
  for (const item of await itemsOf(here))
    await here.emulators.dynamoDb.send(new PutItemCommand({ TableName, Item: change(item) }));
  return TableName;
}

/** Deletes items of the stage's table, as a wrong script does. */
export async function lose(here: Here, isLost: (key: string) => boolean): Promise<void> {
  const { tableName: TableName } = here.stage.outputs;
  for (const { pk, sk } of (await itemsOf(here)).filter(({ pk }) => isLost(pk?.S ?? '')))
    await here.emulators.dynamoDb.send(
      new DeleteItemCommand({ TableName, Key: { pk, sk } as { pk: AttributeValue; sk: AttributeValue } }),
    );
}
