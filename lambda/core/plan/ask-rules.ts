import type { FinishedEvent } from '../../rules/rule.ts';
import { type CompletionDraft, depthOf, type Worker } from '../completion/index.ts';
import type { ActionableEvent, Table } from '../model/index.ts';
import { parseJson, readFinished } from '../receive/index.ts';
import { BodyLostError, loadLineage, readBody } from '../store/index.ts';
import { type Plan, plan } from './plan.ts';
import { type Counts, takePlan } from './take-plan.ts';

/** Asks the rules about a completion, and takes their plan over. */
export async function askRules(
  worker: Worker,
  event: ActionableEvent,
  draft: CompletionDraft,
): Promise<CompletionDraft> {
  const { table, settings } = worker;
  const lineage = await loadLineage(table, event.run_id);
  const counts = {
    depth: await depthOf(worker, lineage, settings.maxFollowUpDepth),
    retries: lineage?.retried.filter((other) => other !== draft.sk).length ?? 0,
  };
  return takePlan(draft, await makePlan(worker, event, draft, counts), counts);
}

async function makePlan(
  { table, rules, settings }: Worker,
  event: ActionableEvent,
  { sk: completion, round: generation }: CompletionDraft,
  counts: Counts,
): Promise<Plan> {
  let payload: FinishedEvent;
  try {
    payload = await readFinishedEvent(table, event);
  } catch (error) {
    if (!(error instanceof BodyLostError)) throw error;
    return { kind: 'failed', reason: 'body_lost' };
  }
  const { stage, workflowIds, maxFollowUpDepth, installation } = settings;
  const { run } = payload;
  const finished = { event_id: event.event_id, event: payload, run, ...counts, stage, workflowIds };
  return plan(rules, finished, { installation, completion, maxFollowUpDepth, generation });
}

async function readFinishedEvent(table: Table, event: ActionableEvent): Promise<FinishedEvent> {
  const payload = readFinished(parseJson(await readBody(table, event)));
  if (!payload) throw new BodyLostError('a stored body is not the one that was accepted');
  return payload;
}
