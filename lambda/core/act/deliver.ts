import { type ActionClaim, succeed } from '../completion/index.ts';
import { CALL_TIMEOUT, type DeliveryOutcome } from '../model/index.ts';
import { readBody } from '../store/index.ts';
import { type ActionOutcome, failAction, OUT_OF_TIME, postponeInMemory, SETTLED } from './conclude.ts';
import { composeDelivery } from './envelope.ts';

/**
 * Hands an event over to the customer's own code. At least once, with a dedupe id, so nothing is recorded before it is
 * sent, and the result is part of the next write.
 */
export async function deliver(action: ActionClaim): Promise<ActionOutcome> {
  const { claim, event, record, worker } = action;
  const { destination = '' } = record;
  if (!worker.settings.destinations.includes(destination)) return failAction(action, 'destination_missing');
  // At least once is the promise, but not once by every worker that has the message.
  await claim.acquire();
  const body = await readBody(worker.table, event);
  if (!claim.outlives(CALL_TIMEOUT)) return OUT_OF_TIME;
  const delivery = composeDelivery(event, body, { ...record, destination }, worker.settings);
  return conclude(action, await worker.destinations.deliver(delivery, claim.limit(CALL_TIMEOUT)));
}

function conclude(action: ActionClaim, outcome: DeliveryOutcome): ActionOutcome {
  switch (outcome.kind) {
    case 'delivered':
      action.stage(succeed(action.record, { run_ids: [], at: action.worker.system.now() }));
      return SETTLED;
    case 'refused': {
      const { kind: _, ...answer } = outcome;
      return failAction(action, 'refused', answer);
    }
    case 'failed': {
      const { problem, kind: _, ...about } = outcome;
      const failure = { kind: problem, ...about };
      return postponeInMemory(action, action.record, { mayHaveTakenEffect: false, failure });
    }
  }
}
