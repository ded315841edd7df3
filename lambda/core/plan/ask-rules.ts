import type { Worker } from '../completion/index.ts';
import { type Draft, depthOf, takePlan } from '../completion/index.ts';
import { type EventItem, type LineageItem, lineageKey } from '../model/index.ts';
import { parseJson } from '../receive/index.ts';
import { BodyLostError, load, readBody } from '../store/index.ts';
import { type Plan, plan } from './plan.ts';

/** Asks the rules about a completion, and takes their plan in. */
export async function askRules(
  worker: Worker,
  draft: Draft,
  event: EventItem,
  completion: string,
): Promise<Draft> {
  const { table, rules, settings } = worker;
  const lineage = await load<LineageItem>(table, lineageKey(event.run_id as string));
  const depth = await depthOf(worker, lineage, settings.maxFollowUpDepth);
  const retries = lineage?.retried.filter((other) => other !== completion).length ?? 0;
  let made: Plan;
  try {
    const payload = parseJson(await readBody(table, event)) as { run: never };
    const { event_id } = event;
    const { stage, workflowIds, maxFollowUpDepth, installation } = settings;
    const finished = { event_id, run: payload.run, depth, retries, stage, workflowIds };
    made = plan(rules, finished, { installation, completion, maxFollowUpDepth, generation: draft.round });
  } catch (error) {
    if (!(error instanceof BodyLostError)) throw error;
    made = { failure: { reason: 'body_lost' } };
  }
  return takePlan(draft, made, depth, retries);
}
