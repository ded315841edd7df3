import type { ActionClaim } from '../completion/index.ts';
import { ACTION_TIMEOUT } from '../model/index.ts';
import type { ApiCall, Call } from '../plan/index.ts';
import { concludedBy, proceed, type Step } from './attempt.ts';
import { concludeFailure, failAction, succeedWith } from './conclude.ts';
import { doubtOf } from './doubt.ts';

/**
 * Looks up what attempts without an answer have left, always before anything is sent again: the idempotency key may
 * have been forgotten meanwhile.
 */
export async function settleDoubt(action: ActionClaim, api: ApiCall, call: Call): Promise<Step> {
  const { claim, worker } = action;
  const { begun, ...rest } = call.record;
  if (!begun) return proceed({ call, doubt: undefined });
  const doubt = doubtOf(begun, worker.settings.lease);
  const asked = worker.system.now();
  const trace = await api.lookUp(worker, call, claim.limit(ACTION_TIMEOUT));
  if (trace.kind === 'unanswered') return concludedBy(await concludeFailure(action, trace.failure, true));
  await worker.gate.report({ kind: 'answered' });
  if (trace.kind === 'ours')
    return concludedBy(await succeedWith(action, api, { runIds: trace.runIds, found: true }));
  if (trace.kind === 'ambiguous') return concludedBy(failAction(action, 'outcome_unknown'));
  if (asked < doubt.listedFrom) {
    // Sent again while the key is known, which is safe; after that the action waits until the list is complete.
    if (asked <= doubt.sendBy) return proceed({ call, doubt });
    return concludedBy({ kind: 'retry', until: doubt.listedFrom });
  }

  const [group, another] = trace.groups;
  if (another || (!group && trace.contested)) return concludedBy(failAction(action, 'outcome_unknown'));
  if (group) return concludedBy(await succeedWith(action, api, { runIds: group, found: true }));
  // The list is complete and shows nothing: no attempt has had an effect, so the next one is the first again.
  return proceed({ call: { ...call, record: rest }, doubt: undefined });
}
