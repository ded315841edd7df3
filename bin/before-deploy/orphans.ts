import { ListTablesCommand, ListTagsOfResourceCommand, ScanCommand } from '@aws-sdk/client-dynamodb';
import { removeRetained } from '../../ops/destroy/retained.ts';
import { allOf } from '../../ops/stage/pages.ts';
import type { FoundStage } from '../../ops/stage/stage.ts';

/** A table of an earlier try to create a stack, which no stack knows any more. */
export interface Orphan {
  name: string;
  state: OrphanState;
}

/** One that is unreadable may hold items: its key is gone, or the caller may not look. */
export type OrphanState = 'empty' | 'items' | 'unreadable';

/** Tables that carry the tag of a stack which does not exist, or was rolled back. */
export async function findOrphans(
  place: FoundStage & { account: string; partition: string },
): Promise<Orphan[]> {
  const { clients, stackName, partition, region, account } = place;
  const names = await allOf<string>(async (start) => {
    const { TableNames: items, LastEvaluatedTableName: next } = await clients.dynamoDb.send(
      new ListTablesCommand({ ExclusiveStartTableName: start }),
    );
    return { items, next };
  });
  const found: Orphan[] = [];
  // CloudFormation begins the name of a table with that of its stack; its tags then prove it.
  for (const name of names.filter((one) => one.startsWith(`${stackName}-`))) {
    const ResourceArn = `arn:${partition}:dynamodb:${region}:${account}:table/${name}`;
    const { Tags = [] } = await clients.dynamoDb.send(new ListTagsOfResourceCommand({ ResourceArn }));
    const { Value: owner } = Tags.find(({ Key }) => Key === 'aws:cloudformation:stack-name') ?? {};
    if (owner !== stackName) continue;
    found.push({ name, state: await stateOf(place, name) });
  }
  return found;
}

/** By looking: the count that DynamoDB gives of a table is hours old. */
async function stateOf({ clients }: FoundStage, TableName: string): Promise<OrphanState> {
  const command = new ScanCommand({ TableName, Limit: 1, ConsistentRead: true });
  try {
    const { Count = 0, LastEvaluatedKey } = await clients.dynamoDb.send(command);
    return Count === 0 && LastEvaluatedKey === undefined ? 'empty' : 'items';
  } catch {
    return 'unreadable';
  }
}

/** Removes those that are empty still. @returns their names */
export async function removeOrphans(
  place: FoundStage,
  orphans: readonly Orphan[],
  sleep: (ms: number) => Promise<unknown>,
): Promise<string[]> {
  const removed: string[] = [];
  for (const { name } of orphans) {
    if ((await stateOf(place, name)) !== 'empty') continue;
    await removeRetained(place, { type: 'AWS::DynamoDB::Table', logicalId: '', physicalId: name }, sleep);
    removed.push(name);
  }
  return removed;
}
