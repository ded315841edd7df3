import { parseExact } from '../../json/parse.ts';
import { isAbout, type Occurrence, type Reported } from '../../rules/rule.ts';
import { type CompletionDraft, depthOf, type Worker } from '../completion/index.ts';
import {
  type ActionableEvent,
  isAboutRun,
  isVerificationRun,
  type LineageItem,
  lineageBeside,
  type Reason,
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
  /** Why no rule has been asked, if nothing is to be done for that reason. */
  ignored?: Reason;
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
  const ignored = whyIgnored(worker, event, lineage);
  const taken = takePlan(draft, ignored ? NOTHING : await makePlan(worker, event, draft, counts), counts);
  // The mark of a trial may have come too late, and a rule been removed, when there was something to do already.
  return { draft: taken, ...(ignored && taken.actions?.length === 0 && { ignored }) };
}

/**
 * Why no rule needs to be asked. A run that no rule is about is processed all the same, with nothing to do; of other
 * events, a list should show which the rules have nothing to do with.
 */
function whyIgnored(
  { rules }: Worker,
  event: ActionableEvent,
  lineage: LineageItem | undefined,
): Reason | undefined {
  if (isVerificationRun(lineage)) return 'verification';
  if (isAboutRun(event) || rules.rules.some((rule) => isAbout(rule, event.type))) return undefined;
  return 'unknown_event_type';
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
  const about: Occurrence = { event_id: event.event_id, ...reported, ...counts, stage, workflowIds };
  return plan(rules, about, {
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
