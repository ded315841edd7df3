import { parseTime } from '../../../cyberdesk/time.ts';
import type { LineageItem } from '../../model/index.ts';
import { type Compared, hasExactly, mayHave, showsInputs, type Wanted } from './likeness.ts';

/** A run of a group that no other action has. */
export interface Member extends Compared {
  /** Ours, if it belongs to an action. */
  lineage: LineageItem | undefined;
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
  for (const step of sought.wanted.steps.keys()) {
    const fitting = rest.filter((member) => fits(member, step, sought));
    const best =
      fitting.find(isOnRecord) ?? fitting.find((member) => isShown(member, step, sought)) ?? fitting[0];
    // The workflow of a session's run that does not show it may be any.
    if (best === undefined || best.run.workflow_id === undefined) return undefined;
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
    return isShown(member, step, sought) && (isOpened || member.run.session_id === wanted.joins);
  });
}

/** Whether a run may be that step. */
function fits({ run, likeness }: Member, step: number, { wanted, isKeyed }: Sought): boolean {
  if (step === 0) return isKeyed ? likeness === 'exact' : likeness !== 'different';
  const asked = wanted.steps[step];
  if (asked === undefined || (isKeyed && likeness === 'exact')) return false;
  return (run.workflow_id ?? asked.workflowId) === asked.workflowId && mayHave(asked.inputs, run);
}

/** Whether a run shows the inputs of that step. */
const isShown = ({ run, likeness }: Member, step: number, { wanted }: Sought): boolean =>
  step === 0 ? likeness === 'exact' : hasExactly(wanted.steps[step]?.inputs ?? {}, run);

/** Its lineage is recorded, and it is ours. */
const isOnRecord = ({ lineage }: Member): boolean => lineage?.action !== undefined;
