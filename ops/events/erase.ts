import { nodeSystem } from '../../lambda/adapters/system.ts';
import { type CompletionItem, DAY } from '../../lambda/core/model/index.ts';
import { type EraseRefusal, eraseEvent } from '../../lambda/core/process/index.ts';
import { type Pace, paced, pacer } from '../cli/progress.ts';
import { isoTime } from '../cli/time.ts';
import type { AuditedStage } from '../stage/audited-stage.ts';
import type { Stage } from '../stage/stage.ts';
import { tableOf } from '../stage/table.ts';
import { listEventItems } from './list.ts';
import { findEvent, type ListedEvent } from './store.ts';

/** Whose payloads are erased: what is absent matches all. */
export interface EraseFilter {
  run?: string | undefined;
  workflow?: string | undefined;
  /** Received before, epoch milliseconds. */
  before?: number | undefined;
}

/** What was erased. Field names are part of `--json`. */
export interface Erased {
  erased: string[];
  refused: { event_id: string; why: EraseRefusal }[];
  /** Copies that are not erased: what was delivered to the customer's own code; `at` in ISO 8601. */
  delivered: { event_id: string; destination: string; at: string }[];
  /** Runs at Cyberdesk that were started, perhaps with values of what was erased. */
  run_ids: string[];
}

/** Events to erase, and how many events need each stored body. */
export interface Chosen {
  ids: string[];
  needs: Map<string, Set<string>>;
}

/**
 * Chooses by what the events of a run or a workflow have in common with those that share their bodies: the same bytes name
 * the same run. Only the time is another one, so later events count as well.
 */
export async function chooseToErase(
  stage: Stage,
  { before = Number.POSITIVE_INFINITY, ...of }: EraseFilter,
  now: number,
): Promise<Chosen> {
  const chosen: Chosen = { ids: [], needs: new Map() };
  // Some are kept for longer than the retention of events, as they were finished late.
  const days = stage.outputs.completionRetentionDays;
  for await (const event of listEventItems(stage, of, { now, days })) {
    if (event.erased_at === undefined) needOf(chosen, event).add(event.event_id);
    if (Date.parse(event.received_at) < before) chosen.ids.push(event.event_id);
  }
  return chosen;
}

function needOf({ needs }: Chosen, { body_sha256 }: ListedEvent): Set<string> {
  const need = needs.get(body_sha256) ?? new Set();
  needs.set(body_sha256, need);
  return need;
}

export interface EraseOptions extends Partial<Pace> {
  rate: number;
  signal: AbortSignal;
  onDone: (count: number) => void;
}

/** Erases the payloads of events, one by one. What was erased before is gone over again: that may have been cut off. */
export async function eraseEvents(
  stage: AuditedStage,
  { ids, needs }: Chosen,
  { rate, signal, onDone, ...time }: EraseOptions,
): Promise<Erased> {
  const done: Erased = { erased: [], refused: [], delivered: [], run_ids: [] };
  const ports = {
    table: tableOf(stage),
    system: nodeSystem,
    completionRetention: stage.outputs.completionRetentionDays * DAY,
  };
  const eraseOne = async (id: string) => {
    const event = await findEvent(stage, id);
    // It may have expired since it was listed.
    if (!event) return;
    await stage.trail.mark(id);
    const need = needs.get(event.body_sha256);
    const isShared = () => need !== undefined && [...need].some((other) => other !== id);
    const erasure = await eraseEvent(ports, event, isShared);
    if (erasure.kind === 'refused') done.refused.push({ event_id: id, why: erasure.refusal });
    else {
      need?.delete(id);
      done.erased.push(id);
      addCopies(done, id, erasure.own);
    }
    onDone(done.erased.length + done.refused.length);
  };
  await paced(ids, eraseOne, { pace: pacer(rate, time), signal });
  return done;
}

function addCopies(done: Erased, eventId: string, own: CompletionItem | undefined): void {
  for (const { destination, result } of own?.actions ?? []) {
    if (!result) continue;
    done.run_ids.push(...result.run_ids);
    if (destination !== undefined)
      done.delivered.push({ event_id: eventId, destination, at: isoTime(result.at) });
  }
}
