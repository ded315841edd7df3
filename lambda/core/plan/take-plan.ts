import { type CompletionDraft, isRefused } from '../completion/index.ts';
import type { ActionRecord } from '../model/index.ts';
import type { Plan } from './plan.ts';
import { fitsOneItem, MAX_ACTIONS } from './plan-size.ts';

/** What the walk up the lineage counted when the plan was made. */
export interface Counts {
  depth: number;
  retries: number;
}

/** Whether a completion can hold a plan of these actions. */
export const canBeTaken = (actions: readonly ActionRecord[]): boolean =>
  actions.length <= MAX_ACTIONS && fitsOneItem(actions);

/** Takes a plan over into its completion; on a redrive or replan it joins what was tried before. */
export function takePlan(draft: CompletionDraft, plan: Plan, { depth, retries }: Counts): CompletionDraft {
  const { idle: _before, ...rest } = draft;
  const base: CompletionDraft = { ...rest, planned: draft.round, depth, retries };
  const actions = plan.kind === 'planned' ? mergePlans(draft.actions ?? [], plan.actions) : [];
  if (plan.kind === 'planned' && canBeTaken(actions))
    return { ...base, actions, ...(plan.idle && { idle: plan.idle }) };
  const failure = plan.kind === 'planned' ? { reason: 'too_many_actions' as const } : failureOf(plan);
  // Actions that a run may already stand for must never be forgotten, nor which ones were held back.
  const kept = draft.actions?.filter((action) => !isRefused(action) || action.fence !== undefined);
  return { ...base, ...(kept && { actions: kept }), failure };
}

const failureOf = ({ reason, thrown }: Extract<Plan, { kind: 'failed' }>) => ({
  reason,
  ...(thrown && { thrown }),
});

/**
 * Merges a fresh plan into one that was tried. An action that has a result, or may have one, keeps its plan and its
 * key. What was refused for certain is replaced by what today's rules say in its place, and new actions are added.
 * Rule and position identify an action, so nothing is asked for twice.
 */
export function mergePlans(old: readonly ActionRecord[], fresh: readonly ActionRecord[]): ActionRecord[] {
  const kept = old.filter((action) => !isRefused(action)).map(withFreshTries);
  const inPlaceOf = ({ rule, position }: ActionRecord, others: readonly ActionRecord[]) =>
    others.find((other) => other.rule === rule && other.position === position);
  const added = fresh.filter((action) => !inPlaceOf(action, kept));
  return [...kept, ...added.map((action) => behindSameFence(action, inPlaceOf(action, old)))];
}

/** What was refused was held back before, where the table was restored, and is not held back twice. */
const behindSameFence = (action: ActionRecord, { fence }: Pick<ActionRecord, 'fence'> = {}): ActionRecord =>
  fence === undefined ? action : { ...action, fence };

function withFreshTries(action: ActionRecord): ActionRecord {
  if (action.result) return action;
  const { failure, not_before: _wait, ...rest } = action;
  const answered = failure?.reason === 'outcome_unknown' ? failure.status : undefined;
  return { ...rest, ...(answered !== undefined && { answered }), tries: 0, delayed: 0 };
}
