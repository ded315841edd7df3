import { type AttributeValue, PutItemCommand } from '@aws-sdk/client-dynamodb';
import type { AuditedStage } from '../stage/audited-stage.ts';
import { isAwsError } from '../stage/explain.ts';
import type { Stored } from './tables.ts';

export type Put =
  | { kind: 'written' }
  /** What is there stays. */
  | { kind: 'there' }
  /** What is there is marked as erased. */
  | { kind: 'erased'; mark: AttributeValue };

/** What an item may be written over. */
export type Over =
  | 'nothing'
  /** Anything but the mark that something was erased. */
  | 'unmarked'
  | 'anything'
  /** This mark as well. */
  | { mark: AttributeValue };

/** Writes an item of another table into that of the stage. */
export async function put(
  { clients, outputs: { tableName: TableName } }: AuditedStage,
  Item: Stored,
  over: Over,
): Promise<Put> {
  const condition = conditionOf(over);
  try {
    await clients.dynamoDb.send(new PutItemCommand({ TableName, Item, ...condition }));
    return { kind: 'written' };
  } catch (error) {
    if (!isAwsError(error, 'ConditionalCheckFailedException')) throw error;
    const mark = (error as { Item?: Stored }).Item?.erased_at;
    return mark ? { kind: 'erased', mark } : { kind: 'there' };
  }
}

function conditionOf(over: Over) {
  if (over === 'anything') return {};
  if (over === 'nothing') return { ConditionExpression: 'attribute_not_exists(pk)' };
  const ConditionExpression = 'attribute_not_exists(erased_at)';
  // A mark is all that can be there then.
  if (over === 'unmarked')
    return { ConditionExpression, ReturnValuesOnConditionCheckFailure: 'ALL_OLD' as const };
  return {
    ConditionExpression: `${ConditionExpression} OR erased_at = :mark`,
    ExpressionAttributeValues: { ':mark': over.mark },
  };
}
