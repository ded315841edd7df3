import { toItem } from '../../lambda/adapters/dynamodb-table.ts';
import { fail, isSettled } from '../../lambda/core/completion/index.ts';
import {
  type ActionRecord,
  type CompletionItem,
  DAY,
  type EventItem,
  eventKey,
  ITEM_VERSION,
  type Item,
  KEY_PREFIXES,
  pieceKey,
  ttlAfter,
} from '../../lambda/core/model/index.ts';
import { paced } from '../cli/progress.ts';
import { isCompletion } from '../events/run-items.ts';
import type { AuditedStage } from '../stage/audited-stage.ts';
import { tableOf } from '../stage/table.ts';
import type { ErasureRecord } from './record.ts';
import { scan } from './tables.ts';

/** Payloads that a restore must not bring back: they were erased after the point, or before it. */
export interface Erasures {
  /** Ids of events. */
  events: ReadonlySet<string>;
  /** Keys of the first pieces of bodies that only these events need. */
  bodies: ReadonlySet<string>;
  /** By the key of the first piece of a body: the events that need it. */
  needs: ReadonlyMap<string, readonly string[]>;
}

/**
 * Finds what was erased of that which a table holds. An event that was erased is the mark of it, here or there; the pieces
 * of bodies and the requests of its run may have lost theirs together with the record of the run.
 */
export async function findErasures(
  stage: AuditedStage,
  source: string,
  { signal, record }: { signal: AbortSignal; record: ErasureRecord },
): Promise<Erasures> {
  const seen: Seen = { erased: new Set(), owners: new Set(), needs: new Map() };
  for await (const items of scan(stage, source, READ)) {
    for (const item of items) note(toItem(item), seen);
    if (signal.aborted) break;
  }
  const { erased, owners, needs } = seen;
  const lookUp = async (id: string) => {
    if ((await isMarked(stage, id)) && (await record.keeps(id))) erased.add(id);
  };
  const unknown = [...owners].filter((id) => !erased.has(id));
  await paced(unknown, lookUp, { pace: async () => undefined, signal });
  const bodies = [...needs].filter(([, ids]) => ids.every((id) => erased.has(id))).map(([body]) => body);
  return { events: erased, bodies: new Set(bodies), needs };
}

/** Of no item. */
const NO_TAG = 'none';

/**
 * Whether an event of the stage's table was erased. A conditional write that never succeeds shows what is there: whoever restores may
 * write events, which is no reason to let them read any.
 */
async function isMarked(stage: AuditedStage, id: string): Promise<boolean> {
  const nothing = { ...eventKey(id), v: ITEM_VERSION, tag: NO_TAG };
  const outcome = await tableOf(stage).put(nothing, { tag: NO_TAG });
  const found = outcome.kind === 'conflict' ? outcome.found : undefined;
  return found !== undefined && isEvent(found) && found.erased_at !== undefined;
}

/** What a table holds of payloads outside events. */
interface Seen {
  /** Events that were erased, by this table. */
  erased: Set<string>;
  /** Events of all that is stored outside them. */
  owners: Set<string>;
  /** By the key of the first piece of a body: the events that need it. */
  needs: Map<string, string[]>;
}

/** Of these a table is asked. */
const READ = [
  'pk',
  'sk',
  'event_id',
  'erased_at',
  'body_sha256',
  'body_pieces',
  'owner',
  'actions',
  'bodies',
];

function note(item: Item, { erased, owners, needs }: Seen): void {
  const need = (eventId: string, { pk }: Pick<Item, 'pk'>) => {
    owners.add(eventId);
    const ids = needs.get(pk) ?? [];
    // In place: thousands of events may share a body.
    ids.push(eventId);
    needs.set(pk, ids);
  };
  if (isEvent(item)) {
    if (item.erased_at !== undefined) erased.add(item.event_id);
    if (item.body_pieces) need(item.event_id, pieceKey(item.body_sha256, 0));
  } else if (isCompletion(item)) {
    const { owner, bodies = [], actions = [] } = item;
    for (const { sha256 } of bodies) need(owner, pieceKey(sha256, 0, 'plan'));
    for (const { body_ref: ref } of actions) if (ref) need(owner, pieceKey(ref.sha256, 0, ref.owner));
    if (actions.some(holdsPayload)) owners.add(owner);
  }
}

const isEvent = (item: Item): item is EventItem => item.pk.startsWith(KEY_PREFIXES.event);

const holdsPayload = ({ body, body_ref }: ActionRecord): boolean =>
  body !== undefined || body_ref !== undefined;

/** Of the key of a piece: that of the first piece of the same body. */
const firstOf = (pk: string): string => pk.replace(/\/\d+$/, '/0');

/** Whether an item is a piece of a body that was erased. */
export const isErasedPiece = ({ pk }: Pick<Item, 'pk'>, { bodies }: Erasures): boolean =>
  bodies.has(firstOf(pk));

/** The events whose payload an item is: the event itself, or those that need a piece of a body and were not erased. */
export const ownersOf = (item: Item, { needs, events }: Erasures): string[] =>
  isEvent(item)
    ? [item.pk.slice(KEY_PREFIXES.event.length)]
    : (needs.get(firstOf(item.pk)) ?? []).filter((id) => !events.has(id));

/** Whether an item holds a request that was erased. */
export const holdsErased = (item: Item, { events }: Erasures): item is CompletionItem =>
  isCompletion(item) && events.has(item.owner) && (item.actions ?? []).some(holdsPayload);

/**
 * A completion without its requests. What was still to be done of it has failed, so that nothing is sent in their place: an
 * event is erased only once all of that is decided.
 *
 * @param days for how long it is kept
 */
export function withoutRequests(item: CompletionItem, now: number, days: number): CompletionItem {
  const { lease: _lease, not_before: _wait, ...rest } = item;
  const actions = item.actions?.map((action) =>
    isSettled(action) && !holdsPayload(action) ? action : fail(action, 'body_lost'),
  );
  return { ...rest, ...(actions && { actions }), ttl: ttlAfter(now, days * DAY) };
}
