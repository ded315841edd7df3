import { type AnswerClass, classOf } from '../../cyberdesk/answer-class.ts';
import type { ActionClaim } from '../completion/index.ts';
import { ACTION_TIMEOUT, type CallFailure, type Reason } from '../model/index.ts';
import type { ApiCall, Call } from '../plan/index.ts';
import { concludedBy, proceed, type Step } from './attempt.ts';
import { failAction, retryLater, succeedWith } from './conclude.ts';
import { doubtOf } from './doubt.ts';

/**
 * Looks up what attempts without a response have left, always before anything is sent again: the idempotency key may
 * have been forgotten meanwhile.
 */
export async function settleDoubt(action: ActionClaim, api: ApiCall, call: Call): Promise<Step> {
  const { claim, worker } = action;
  const { begun, pending, answered: _before, ...rest } = call.record;
  if (!begun) return proceed({ call, doubt: undefined });
  const doubt = doubtOf({ ...rest, begun }, worker.settings);
  const asked = worker.system.now();
  const trace = await api.lookUp(worker, call, claim.limit(ACTION_TIMEOUT));
  if (trace.kind === 'unanswered') {
    // The call can settle what the lookup could not. By now, the lookup may have taken long.
    const isKeyKnown = pending === undefined && worker.system.now() <= doubt.sendBy;
    if (isKeyKnown && !forbidsCalls(trace.failure)) return proceed({ call, doubt });
    return concludedBy(await retryLater(action, trace.failure, true, 'outcome_unknown'));
  }
  await worker.gate.report({ kind: 'answered', by: 'read' });
  if (trace.kind === 'ours')
    return concludedBy(await succeedWith(action, api, { runIds: trace.runIds, found: true }));
  // Sent again while the key is known: the answer then says more than any list. It was refused already if a refusal is
  // pending: then only the list can decide.
  if (pending === undefined && asked <= doubt.sendBy) return proceed({ call, doubt });
  // After that the action waits until the list is complete.
  if (asked < doubt.listedFrom)
    return concludedBy({ kind: 'retry', until: doubt.listedFrom, because: 'in_doubt' });
  if (trace.kind === 'ambiguous') return concludedBy(failAction(action, 'outcome_unknown'));
  if (trace.kind === 'candidate')
    return concludedBy(await succeedWith(action, api, { runIds: trace.runIds, found: true }));
  if (pending !== undefined) return concludedBy(failAction(action, ...reasonOf(pending)));
  // The list is complete and shows nothing: no attempt has had an effect, so the next one is the first again.
  return proceed({ call: { ...call, record: rest }, doubt: undefined });
}

/** Whether it holds for every call at this time: too many of them, a key that is refused or not known, a redirect. */
const forbidsCalls = ({ status, keyNotSet = false, notAsked = false }: CallFailure): boolean =>
  keyNotSet || notAsked || (status !== undefined && classOfStatus(status) === 'no_effect');

/** A definite refusal stands after all. A conflict without a run in the list is for a person to settle. */
const reasonOf = (status: number): [Reason, { status: number }] => [
  classOfStatus(status) === 'refused' ? 'refused' : 'outcome_unknown',
  { status },
];

const classOfStatus = (status: number): AnswerClass => classOf({ status, isJson: true, inProgress: false });
