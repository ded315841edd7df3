import type { ActionClaim } from '../completion/index.ts';
import { ACTION_TIMEOUT } from '../model/index.ts';
import { areReferencesInPlace } from '../plan/index.ts';
import { type Attempt, concludedBy, proceed, type Step } from './attempt.ts';
import { failAction, retryLater } from './conclude.ts';
import { resolvePlaceholders } from './resolve-placeholders.ts';

/** Fills in what is never stored: the values of secrets, and attachments. */
export async function prepare(action: ActionClaim, { call, doubt }: Attempt): Promise<Step> {
  const { claim, worker } = action;
  // Rules have been checked when they planned; this is what has been stored since.
  if (!areReferencesInPlace(call.record, call.body))
    return concludedBy(failAction(action, doubt ? 'outcome_unknown' : 'reference_misplaced'));
  const limit = claim.limit(ACTION_TIMEOUT);
  const resolution = await resolvePlaceholders(worker, call.record, call.body, limit);
  if (resolution.kind === 'unanswered')
    return concludedBy(await retryLater(action, resolution.failure, doubt !== undefined));
  if (resolution.kind === 'refused') {
    // The value has gone since an attempt began, so another try cannot show what that attempt did.
    const { reason, secret } = resolution;
    return concludedBy(failAction(action, doubt ? 'outcome_unknown' : reason, secret && { secret }));
  }
  const { pins, body } = resolution;
  const record = { ...call.record, ...(pins.length > 0 && { pins }) };
  return proceed({ call: { ...call, record, body }, doubt });
}
