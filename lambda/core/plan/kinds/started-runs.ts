import { isFromBeforeRestore, recordStart, type Starter } from '../../completion/index.ts';
import type { ActionRecord, CallFailure, CallLimit, RunSnapshot } from '../../model/index.ts';
import { isOnRecord, isTaken, lateAmong, type Member } from './chain-members.ts';
import type { Call, LookUpPorts, Trace } from './kind.ts';
import {
  type Compared,
  firstWorkflow,
  holdsKey,
  isOfSession,
  likenessOf,
  showsOurKey,
  type Wanted,
} from './likeness.ts';
import { INCOMPLETE, isTooEarly, listWindow, mayBeCreatedIn, UNCLEAR } from './look-up-window.ts';
import { type Group, judgeGroups, withLineages } from './run-groups.ts';

/**
 * Records that runs belong to an action. Their lineage is written before the action's result, or the completion of a follow-up
 * could be handled without its depth.
 */
export async function takeStartedRuns(action: Starter, runIds: string[], adopted: boolean): Promise<boolean> {
  for (const runId of runIds) {
    if (!(await recordStart(action, runId, adopted))) return false;
  }
  return true;
}

/** Looks for runs that attempts without a response may have started, in the complete list of their workflow's runs. */
export async function findStartedRuns(
  ports: LookUpPorts,
  { record, event, completion, keys }: Call,
  { wanted, limit }: { wanted: Wanted; limit: CallLimit },
): Promise<Trace> {
  if (!record.begun) return { kind: 'none' };
  const { correlate } = record;
  const listed = await listWindow(ports.cyberdesk, firstWorkflow(wanted), record.begun, limit);
  if (listed.kind === 'failed') return unanswered(listed);
  const model = { wanted, correlate, keys, narrow: listed.narrow };
  // A rule may start the workflow of the run that has ended: that one is listed, too, but was there first.
  const isStarted = (run: RunSnapshot) =>
    run.id !== event.run_id &&
    (showsOurKey(run, model) || (mayBeCreatedIn(run, listed.wide) && !isTooEarly(run, completion)));
  const compare = (run: RunSnapshot): Compared => ({ run, likeness: likenessOf(run, model) });
  const runs = await withLineages(ports, listed.runs.filter(isStarted).map(compare), { keys, limit });
  if (!runs) return unanswered(INCOMPLETE);
  const isLate = lateAmong(listed.runs, wanted);
  const suspects = suspectsAmong(runs.map(asRecorded), isLate);
  const grouped =
    wanted.together === 'session'
      ? await sessionsOf(ports, suspects, limit, {
          // A session that the chain joined holds older runs too.
          isIn: isStarted,
          compare,
          keys,
        })
      : { kind: 'grouped' as const, groups: suspects.map((suspect) => [suspect]) };
  if (grouped.kind === 'failed') return unanswered(grouped);
  const trace = judgeGroups(grouped.groups, { wanted, isCorrelated: correlate !== undefined });
  return unlessLater(trace, { record, runs, suspects, isLate: grouped.groups.flat().some(isLate) });
}

/** What a list leaves undecided, a later one may decide. */
function unlessLater(
  trace: Trace,
  {
    record,
    runs,
    suspects,
    isLate,
  }: { record: ActionRecord; runs: readonly Member[]; suspects: readonly Member[]; isLate: boolean },
): Trace {
  switch (trace.kind) {
    case 'ambiguous':
      return isLate || suspects.some((run) => mayTurnOut(run, record)) ? unanswered(UNCLEAR) : trace;
    case 'none':
      if (!mayHaveBeenPlannedOtherwise(record, runs) || runs.every(isTaken)) return trace;
      // Those may be the runs of other actions that the restore has held back, which take them once they are redriven.
      return record.tries < TRIES_FOR_OTHERS ? unanswered(UNCLEAR) : { kind: 'ambiguous' };
    default:
      return trace;
  }
}

/** Some five minutes. */
const TRIES_FOR_OTHERS = 6;

const unanswered = (failure: CallFailure): Trace => ({ kind: 'unanswered', failure });

/** The answer to a start may have been recorded, and the worker have died then: whatever such a run shows, it is ours. */
const asRecorded = (member: Member): Member =>
  isOnRecord(member) && member.likeness === 'different' ? { ...member, likeness: 'similar' } : member;

/**
 * The table was restored, and the plan of then is lost: by other rules, or at another depth, it may have had other inputs. So
 * any run of the workflow that belongs to no action may be ours, unless it would hold our key, as the list shows those of others.
 */
function mayHaveBeenPlannedOtherwise(record: ActionRecord, runs: readonly Member[]): boolean {
  const { correlate } = record;
  const areKeysShown = correlate !== undefined && runs.some(({ run }) => holdsKey(run, correlate));
  return isFromBeforeRestore(record) && !areKeysShown;
}

/**
 * The runs that may be ours. Different ones are not, nor are those of which nothing can be compared, if another action has them:
 * it has adopted them by inputs or a key that are shown. Beside an exact run that no other action has, only an equal one still may be,
 * or one that does not show its inputs yet: a list that shows our inputs as they were sent does not add to them, rename or hide them
 * elsewhere, but it may hide them until a run has ended.
 */
function suspectsAmong(runs: readonly Member[], isLate: (member: Member) => boolean): Member[] {
  const isExact = runs.some((run) => run.likeness === 'exact' && !isTaken(run));
  return runs.filter((run) => {
    const { likeness } = run;
    if (isOnRecord(run)) return true;
    if (isExact)
      return likeness === 'exact' || likeness === 'equal' || (likeness === 'unknown' && isLate(run));
    return likeness === 'unrelated' || likeness === 'unknown' ? !isTaken(run) : likeness !== 'different';
  });
}

/** Whether a later list may decide: another action may take the run for its own, or the API show our key. */
const mayTurnOut = ({ likeness }: Member, { correlate }: ActionRecord): boolean =>
  likeness === 'unrelated' || (likeness === 'unknown' && correlate !== undefined);

/** The runs of each session that a suspect is in; the suspect is among them, whatever the list of its session shows. */
async function sessionsOf(
  ports: LookUpPorts,
  suspects: readonly Member[],
  limit: CallLimit,
  about: {
    isIn: (run: RunSnapshot) => boolean;
    compare: (run: RunSnapshot) => Compared;
    keys: readonly string[];
  },
): Promise<{ kind: 'grouped'; groups: Group[] } | CallFailure> {
  // Without its session, the other steps of a chain cannot be found.
  const groups: Group[] = suspects.filter(({ run }) => run.session_id == null).map((suspect) => [suspect]);
  const sessionIds = new Set(suspects.map(({ run }) => run.session_id).filter((id) => id != null));
  for (const sessionId of sessionIds) {
    const session = await ports.cyberdesk.findRuns({ sessionId }, limit);
    if (session.kind === 'failed') return session;
    const known = suspects.filter(({ run }) => run.session_id === sessionId);
    const isKnown = ({ id }: RunSnapshot) => known.some(({ run }) => run.id === id);
    const others = session.value.runs.filter(
      (run) => isOfSession(run, sessionId) && about.isIn(run) && !isKnown(run),
    );
    const members = await withLineages(ports, others.map(about.compare), { keys: about.keys, limit });
    if (!members) return INCOMPLETE;
    groups.push([...known, ...members]);
  }
  return { kind: 'grouped', groups };
}
