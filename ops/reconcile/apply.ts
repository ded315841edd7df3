import { sqsQueue } from '../../lambda/adapters/sqs-queues.ts';
import { nodeSystem } from '../../lambda/adapters/system.ts';
import { receive } from '../../lambda/core/receive/index.ts';
import type { CyberdeskClient } from '../../lambda/cyberdesk/client.ts';
import { isTerminal } from '../../lambda/cyberdesk/run-status.ts';
import { parseTime } from '../../lambda/cyberdesk/time.ts';
import { readEvent, tableOf } from '../events/store.ts';
import { RECONCILED_PREFIX } from '../events/summary.ts';
import type { Stage } from '../stage/stage.ts';
import { askForOne } from './cyberdesk.ts';
import type { Ending } from './known.ts';

export type Applied =
  /** Stored and queued now. */
  | 'enqueued'
  /** Was stored by an earlier reconcile, and not begun: its message was sent once more. */
  | 'queued_again'
  /** Was stored by an earlier reconcile, and is finished. */
  | 'already'
  /** It runs again, or has ended anew: a later reconcile, or its own webhook, tells of that. */
  | 'changed'
  /** Cyberdesk does not have it any more. */
  | 'gone';

/** Same for every reconcile of one ending, so a second one finds the first one's event. */
export const reconciledId = ({ run_id, endedAt }: Ending): string =>
  `${RECONCILED_PREFIX}${run_id}:${endedAt}`;

/**
 * Stores and queues the event that is missing, the way the verifier would. Should its webhook come after all, the
 * two are one completion: whichever claims it first acts, and the other is a copy.
 */
export async function enqueueMissing(
  stage: Stage,
  client: CyberdeskClient,
  ending: Ending,
): Promise<Applied> {
  const run = await askForOne(stage, () => client.runs.get(ending.run_id));
  if (!run) return 'gone';
  if (!isTerminal(run.status) || parseTime(run.ended_at) !== ending.endedAt) return 'changed';
  // As webhooks have it: without the history, and without what `include` adds.
  const {
    run_message_history: _history,
    included: _included,
    ...shown
  } = run as typeof run & { included?: unknown };
  const id = reconciledId(ending);
  const payload = { event_id: id, event_type: 'run_complete', occurred_at: run.ended_at, run: shown };
  const ports = { table: tableOf(stage), queue: queueOf(stage), system: nodeSystem };
  const delivery = { svixId: id, body: Buffer.from(JSON.stringify(payload)) };
  const { outcome } = await receive(ports, delivery, stage.outputs.eventRetentionDays);
  return outcome === 'duplicate' ? 'already' : 'enqueued';
}

/** A message more for an event that an earlier reconcile has stored, in case its own is lost. */
export async function queueAgain(stage: Stage, ending: Ending): Promise<Applied> {
  const event = await readEvent(stage, reconciledId(ending));
  if (event.state !== 'received') return 'already';
  await queueOf(stage).send({ v: 1, event: event.event_id });
  return 'queued_again';
}

const queueOf = ({ clients, outputs }: Stage) =>
  sqsQueue(clients.sqs as Parameters<typeof sqsQueue>[0], outputs.queueUrl);
