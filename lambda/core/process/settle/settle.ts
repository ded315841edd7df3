import { isSameId } from '../../../cyberdesk/printable-id.ts';
import { type CompletionItem, completionKeyOf, type EventItem } from '../../model/index.ts';
import { withStoredBodies } from '../../plan/index.ts';
import { loadCompletion, save } from '../../store/index.ts';
import { nextRound } from '../reopen.ts';
import { decide } from './decide.ts';
import { type Case, judge, type Refusal, undecidedActions } from './judge.ts';
import type { SettlePorts, Wish } from './wish.ts';

export type Settlement =
  | {
      kind: 'settled';
      /** The runs that are the action's result now. */
      runIds: string[];
      /** Actions that still wait for a decision, by position. The event is reopened with the last one. */
      undecided: number[];
    }
  | { kind: 'refused'; refusal: Refusal };

/**
 * Records what a person decides about an action whose outcome is unknown, or which is to be skipped, and reopens its event
 * once no such action is left: reopened earlier, it would only fail again, or try what is to be skipped next. The record comes first. After a message sent before it, a worker
 * could fail the event again while the decision is being written. A message that is lost after it is sent by the same
 * call made again.
 *
 * @param event Read before this, with strong consistency.
 * @throws LostRaceError if the completion was written meanwhile.
 */
export async function settle(ports: SettlePorts, event: EventItem, wish: Wish): Promise<Settlement> {
  const key = completionKeyOf(event);
  const found = key && (await loadCompletion(ports.table, key));
  const judgement = judge(event, found, wish, ports.system.now());
  if (judgement.kind === 'refused') return judgement;
  const { given } = judgement;
  if (judgement.kind === 'decided') {
    if (isAskedFor(given, wish)) return reopenWithLast(ports, given, given.found, wish);
    return { kind: 'refused', refusal: { kind: 'decided_before', decision: judgement.decision } };
  }
  const decided = await decide(ports, given, wish);
  if (decided.kind === 'refused') return decided;
  const actions = given.found.actions?.with(wish.position, decided.action) ?? [];
  const next = withStoredBodies({ ...given.found, actions, updated_at: ports.system.now() });
  return reopenWithLast(ports, given, await save(ports, next, { tag: given.found.tag }), wish);
}

/** Whether this very decision was made before; of a chain, any of its runs may have been named. */
const isAskedFor = ({ action: { decision, result } }: Case, { choice }: Wish): boolean =>
  decision?.kind === choice.kind &&
  (choice.kind !== 'run' || (result?.run_ids.some((id) => isSameId(id, choice.runId)) ?? false));

/** The dead letter of this failure names its number as well, and is stale from here on. */
async function reopenWithLast(
  { queue }: SettlePorts,
  { event, action }: Case,
  written: CompletionItem,
  { position, choice }: Wish,
): Promise<Settlement> {
  // The same call made again finds the decision, which has taken the failure away.
  const reason = action.failure?.reason ?? action.decision?.reason;
  const undecided = undecidedActions(written, { choice, reason });
  if (undecided.length === 0) await queue.send({ v: 1, event: event.event_id, reopen: nextRound(written) });
  return { kind: 'settled', runIds: written.actions?.[position]?.result?.run_ids ?? [], undecided };
}
