import { isSameId } from '../../../cyberdesk/printable-id.ts';
import { isActive, isTerminal } from '../../../cyberdesk/run-status.ts';
import { parseTime } from '../../../cyberdesk/time.ts';
import type { LineageItem, RunSnapshot } from '../../model/index.ts';
import { type Compared, hasExactly, isOfWorkflow, mayHave, showsInputs, type Wanted } from './likeness.ts';

/** A run of a group. */
export interface Member extends Compared {
  lineage: LineageItem | undefined;
  /** Whose action has it, by its lineage; undefined if none has. */
  owner: 'us' | 'others' | undefined;
}

/** What is sought among the members of a group. */
export interface Sought {
  wanted: Wanted;
  isCorrelated: boolean;
  /** A run of the group is known to be the first one, so none that is merely similar can be. */
  isKeyed: boolean;
}

/** The runs of a chain in the order of its steps, if each step has one: of several, the likeliest, or else the earliest. */
export function bestInStepOrder(members: readonly Member[], sought: Sought): Member[] | undefined {
  // Where the time is not shown, a run may be the latest.
  const createdAt = ({ run }: Member) => parseTime(run.created_at) ?? Number.POSITIVE_INFINITY;
  const rest = members.toSorted((a, b) => createdAt(a) - createdAt(b) || 0);
  const chain: Member[] = [];
  for (const [step, { workflowId }] of sought.wanted.steps.entries()) {
    const fitting = rest.filter((member) => fits(member, step, sought));
    const shown = fitting.filter((member) => isShown(member, step, sought));
    const best = shown.find(isOnRecord) ?? fitting.find(isOnRecord) ?? shown[0] ?? fitting[0];
    // The workflow of a run that does not show it may be any, except where we know the run.
    if (best === undefined) return undefined;
    const isKnown = isOnRecord(best) || (sought.isKeyed && best.likeness === 'exact');
    if (!isKnown && !isSameId(best.run.workflow_id, workflowId)) return undefined;
    rest.splice(rest.indexOf(best), 1);
    chain.push(best);
  }
  return chain.length > 0 ? chain : undefined;
}

/**
 * Whether no other run can be one of the chain, and none of the chain can be another's. Only the first step of a chain can hold the
 * key of its action. The others of a session that the call opened are known by that one; in a session that the
 * call joined, others start runs too, and what is merely there may be theirs.
 */
export function isCertain(chain: readonly Member[], members: readonly Member[], sought: Sought): boolean {
  if (chain.every(isOnRecord)) return true;
  const { wanted, isCorrelated } = sought;
  const steps = [...wanted.steps.keys()];
  if (members.filter((member) => steps.some((step) => fits(member, step, sought))).length > chain.length)
    return false;
  const isOpened = wanted.joins === undefined;
  // Where the API shows inputs, a run that shows none may be a stranger's, while one of ours is not listed yet.
  const areShown = chain.some((member, step) => isShown(member, step, sought) && showsInputs(member.run));
  return chain.every((member, step) => {
    if (isOnRecord(member)) return true;
    if (isOpened && step > 0) return !areShown || showsInputs(member.run) || isShown(member, step, sought);
    if (isCorrelated) return step === 0 && member.likeness === 'exact';
    return isShown(member, step, sought) && (isOpened || isSameId(member.run.session_id, wanted.joins));
  });
}

/** Whether a run may be that step. */
function fits(member: Member, step: number, { wanted, isKeyed }: Sought): boolean {
  const { run, likeness } = member;
  if (step === 0) return isKeyed ? likeness === 'exact' : likeness !== 'different';
  const asked = wanted.steps[step];
  if (asked === undefined || (isKeyed && likeness === 'exact')) return false;
  return isOfWorkflow(run, asked.workflowId) && (isOnRecord(member) || mayHave(asked.inputs, run));
}

/** Whether a run shows the inputs of that step. */
const isShown = ({ run, likeness }: Member, step: number, { wanted }: Sought): boolean =>
  step === 0 ? likeness === 'exact' : hasExactly(wanted.steps[step]?.inputs ?? {}, run);

/** Its lineage is recorded, and it is ours. */
export const isOnRecord = ({ owner }: Member): boolean => owner === 'us';

/** Another action has it. */
export const isTaken = ({ owner }: Member): boolean => owner === 'others';

/**
 * Distinguishes the members that may show their inputs later: those that show none and have not ended, where the list shows inputs, but only of
 * runs that have ended.
 */
export function lateAmong(listed: readonly RunSnapshot[], { steps }: Wanted): (member: Member) => boolean {
  const shown = listed.filter(showsInputs);
  const areShownLate =
    shown.some((run) => isTerminal(run.status)) && !shown.some((run) => isActive(run.status));
  const mayShow = areShownLate && steps.some(({ inputs }) => Object.keys(inputs).length > 0);
  return (member) =>
    mayShow && !isTaken(member) && !isTerminal(member.run.status) && !showsInputs(member.run);
}
