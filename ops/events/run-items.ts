import {
  type CompletionItem,
  type Item,
  isCompletionKey,
  lineageKey,
} from '../../lambda/core/model/index.ts';
import type { Stage } from '../stage/stage.ts';
import { query } from '../stage/table.ts';

/** All items of a run: its completions and its lineage. */
export async function readRunItems(stage: Stage, runId: string): Promise<Item[]> {
  const pages = query<Item>(stage, {
    KeyConditionExpression: 'pk = :pk',
    ExpressionAttributeValues: { ':pk': { S: lineageKey(runId).pk } },
    ConsistentRead: true,
  });
  return (await Array.fromAsync(pages)).flat();
}

export const isCompletion = (item: Item): item is CompletionItem => isCompletionKey(item);

export const readCompletions = async (stage: Stage, runId: string): Promise<CompletionItem[]> =>
  (await readRunItems(stage, runId)).filter(isCompletion);
