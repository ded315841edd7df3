import { parseExact } from '../../json/parse.ts';
import type { Reported } from '../../rules/rule.ts';
import { type CompletionDraft, depthOf, type Worker } from '../completion/index.ts';
import {
  type ActionableEvent,
  isVerificationRun,
  lineageBeside,
  readReported,
  subjectOf,
  type Table,
} from '../model/index.ts';
import { parseJson } from '../receive/index.ts';
import { BodyLostError, loadLineage, readBody } from '../store/index.ts';
import { type Plan, plan } from './plan.ts';
import { type Counts, takePlan } from './take-plan.ts';

/** What the rules ask for. */
export interface Asked {
  draft: CompletionDraft;
  /** The run is one of `verify-api`, about which no rule has been asked. */
  isVerification: boolean;
}

/** Asks the rules about a completion, and takes their plan over. */
export async function askRules(
  worker: Worker,
  event: ActionableEvent,
  draft: CompletionDraft,
): Promise<Asked> {
  const { table, settings } = worker;
  const lineage = await loadLineage(table, lineageBeside(draft));
  const counts = {
    depth: await depthOf(worker, lineage, settings.maxFollowUpDepth),
    retries: lineage?.retried.filter((other) => other !== draft.sk).length ?? 0,
  };
  const isTrial = isVerificationRun(lineage);
  const taken = takePlan(draft, isTrial ? NOTHING : await makePlan(worker, event, draft, counts), counts);
  // Its mark may have come too late, when the rules had asked for something already.
  return { draft: taken, isVerification: isTrial && taken.actions?.length === 0 };
}

const NOTHING: Plan = { kind: 'planned', actions: [] };

async function makePlan(
  { table, rules, settings }: Worker,
  event: ActionableEvent,
  { sk: completion, round: generation }: CompletionDraft,
  counts: Counts,
): Promise<Plan> {
  let reported: Reported;
  try {
    reported = await readBack(table, event);
  } catch (error) {
    if (!(error instanceof BodyLostError)) throw error;
    return { kind: 'failed', reason: 'body_lost' };
  }
  const { stage, workflowIds, maxFollowUpDepth, installation } = settings;
  const finished = { event_id: event.event_id, ...reported, ...counts, stage, workflowIds };
  return plan(rules, finished, {
    installation,
    subject: subjectOf(event).id,
    completion,
    maxFollowUpDepth,
    generation,
  });
}

async function readBack(table: Table, event: ActionableEvent): Promise<Reported> {
  const reported = readReported(event, parseJson(await readBody(table, event), parseExact));
  if (!reported) throw new BodyLostError('a stored body is not the one that was accepted');
  return reported;
}
