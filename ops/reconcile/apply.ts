import { nodeSystem } from '../../lambda/adapters/system.ts';
import { receive } from '../../lambda/core/receive/index.ts';
import type { CyberdeskClient } from '../../lambda/cyberdesk/client.ts';
import { isTerminal } from '../../lambda/cyberdesk/run-status.ts';
import { parseTime } from '../../lambda/cyberdesk/time.ts';
import { writeJson } from '../../lambda/json/write.ts';
import { readEvent } from '../events/store.ts';
import type { AuditedStage } from '../stage/audited-stage.ts';
import { queueOf, tableOf } from '../stage/table.ts';
import { askForOne, IN_RECONCILE } from './cyberdesk.ts';
import { type Ending, reconciledId } from './judge.ts';

export type Applied =
  | 'enqueued' // Stored and queued now.
  | 'queued_again' // Stored by an earlier reconcile, and not begun: another message was sent.
  | 'already' // Stored by an earlier reconcile, and finished.
  | 'changed' // It runs again, or has ended again: a later reconcile, or its own webhook, reports that.
  | 'gone'; // Cyberdesk no longer has the run.

/** Fields that a webhook does not have: the history, and what `include` adds. */
const NOT_IN_WEBHOOKS = ['run_message_history', 'included'];

/** Stores and queues as the verifier would. If the webhook arrives after all, the two are one completion. */
export async function enqueueMissing(
  stage: AuditedStage,
  client: CyberdeskClient,
  ending: Ending,
): Promise<Applied> {
  const found = await askForOne(stage, ending.run_id, () => client.runs.get(ending.run_id), IN_RECONCILE);
  if (!found) return 'gone';
  if (!isTerminal(found.status) || parseTime(found.ended_at) !== ending.endedAt) return 'changed';
  const run = Object.fromEntries(Object.entries(found).filter(([name]) => !NOT_IN_WEBHOOKS.includes(name)));
  const id = reconciledId(ending);
  await stage.trail.mark(id);
  const payload = { event_id: id, event_type: 'run_complete', occurred_at: found.ended_at, run };
  const ports = { table: tableOf(stage), queue: queueOf(stage), system: nodeSystem };
  const delivery = { svixId: id, body: Buffer.from(writeJson(payload)) };
  const { outcome } = await receive(
    ports,
    delivery,
    stage.outputs.eventRetentionDays,
    stage.outputs.bodyRetentionDays,
  );
  return outcome === 'duplicate' ? 'already' : 'enqueued';
}

/** Sends another message for an event that an earlier reconcile has stored, in case its own is lost. */
export async function queueAgain(stage: AuditedStage, ending: Ending): Promise<Applied> {
  const event = await readEvent(stage, reconciledId(ending));
  if (event.state !== 'received') return 'already';
  await stage.trail.mark(event.event_id);
  await queueOf(stage).send({ v: 1, event: event.event_id });
  return 'queued_again';
}
