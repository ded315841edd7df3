import { isSettled } from '../../../lambda/core/completion/action-states.ts';
import type {
  CompletionItem,
  EventItem,
  Item,
  LineageItem,
  PauseItem,
  PieceItem,
} from '../../../lambda/core/model/index.ts';

/** The form of a key shows which kind of item it holds. */
export const isEvent = (item: Item): item is EventItem => item.sk === 'event';
export const isCompletion = (item: Item): item is CompletionItem => item.sk.startsWith('completion#');
export const isLineage = (item: Item): item is LineageItem => item.sk === 'lineage';
export const isPause = (item: Item): item is PauseItem => item.sk === 'pause';
export const isPiece = (item: Item): item is PieceItem => item.sk === 'body';

/** Each planned action of a completion has a result. */
export const isDone = ({ done, actions = [] }: CompletionItem): boolean =>
  done && actions.every((action) => isSettled(action) && action.result !== undefined);
