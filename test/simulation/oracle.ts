import { isSettled } from '../../lambda/core/completion/transitions.ts';
import type { Item } from '../../lambda/core/model/index.ts';
import {
  type CompletionItem,
  completionKey,
  type EventItem,
  endedAtCompletion,
  type LineageItem,
  ownCompletion,
} from '../../lambda/core/model/index.ts';
import { MAX_CRASHES } from '../../lambda/core/model/time.ts';
import { Depths } from './depths.ts';
import { Messages, type Work } from './messages.ts';
import { ASSUMED, type CyberdeskModel, type ModelRun } from './model/cyberdesk.ts';
import type { QueueModel, StoredMessage } from './model/queue.ts';
import type { TableModel } from './model/table.ts';
import { MAX_DEPTH, MAX_RETRIES } from './rules.ts';

/** Sets apart the completions of single events, where that mistake is planted. */
export const OWN = '@';

/** A promise was broken; the message says which, and by what. */
export class Violation extends Error {
  override name = 'Violation';
}

export interface Truth {
  table: TableModel;
  queue: QueueModel;
  deadLetters: QueueModel;
  api: CyberdeskModel;
  /** Faults so far that may have hidden an answer. */
  faults(): number;
  /** Epoch milliseconds. */
  now(): number;
}

interface PlannedAction {
  /** Completion, rule and position: the same in every generation. */
  action: string;
  runId: string;
}

/** Knows what really happened, and checks it against what was promised at every step. */
export class Oracle {
  readonly accepted = new Set<string>();
  readonly announced = new Set<string>();
  /** True: nothing may reach the dead-letter queue. */
  calm = false;
  /** Runs alike that were taken for each other; only where a look-up showed exactly one. */
  swaps = 0;
  readonly #truth: Truth;
  readonly #planned = new Map<string, PlannedAction>();
  readonly depths: Depths;
  readonly messages: Messages;
  readonly #deadLettered = new Set<string>();
  readonly #deadLettersOf = new Map<string, number>();
  readonly #owners = new Map<string, string>();
  readonly #done = new Set<string>();

  constructor(truth: Truth) {
    this.#truth = truth;
    this.depths = new Depths(truth.table, MAX_DEPTH, truth.now);
    this.messages = new Messages(truth.table);
    truth.table.onPut = (item, before) => this.#onPut(item, before);
    truth.api.onEffect = (key, runs, kind) => this.#onEffect(key, runs, kind);
    truth.api.onOtherBody = (key) => this.#fail(`key ${key} was sent with two different bodies`);
  }

  /** After each step. */
  check(): void {
    const { table, queue, deadLetters } = this.#truth;
    if (this.accepted.size === 0) return;
    const live = new Set<string>();
    for (const { messages } of [queue, deadLetters]) {
      for (const { body } of messages.values()) live.add(eventOf(body));
    }
    for (const id of this.accepted) {
      if (live.has(id)) continue;
      const event = table.get({ pk: `event#${id}`, sk: 'event' }) as EventItem | undefined;
      if (!event) this.#fail(`event ${id} was answered with 2xx and is gone`);
      if (event?.state === 'received') this.#fail(`event ${id} is unfinished and has no message`);
    }
  }

  onDeadLetter({ body, reason }: StoredMessage): void {
    const { event, reopen } = JSON.parse(body) as { event: string; reopen?: number };
    if (this.calm) this.#fail(`a dead letter (${reason}) for ${event}, although there were only outages`);
    const entry = `${event}/${reopen}`;
    this.#deadLettered.add(entry);
    const count = (this.#deadLettersOf.get(entry) ?? 0) + 1;
    this.#deadLettersOf.set(entry, count);
    if (count > 3 + 2 * this.#truth.faults()) this.#fail(`${count} dead letters for one failure of ${event}`);
  }

  onSend(by: 'verifier' | 'sweeper', body: string, begun: Work): void {
    this.#unless(this.messages.onSend(by, eventOf(body), begun, this.#truth.now()));
  }

  /** Nothing was removed that somebody still needs. */
  onExpired(items: Item[]): void {
    const { table } = this.#truth;
    const open = table.all<EventItem>('event').filter(({ state }) => state === 'received');
    for (const item of items) {
      const event = item as EventItem;
      if (item.sk === 'event') this.accepted.delete(event.event_id);
      if (item.sk === 'event' && event.state === 'received') this.#fail(`unfinished ${item.pk} has expired`);
      if (item.sk === 'body' && open.some(({ body_sha256 }) => item.pk.includes(body_sha256))) {
        this.#fail(`the body of an unfinished event has expired: ${item.pk}`);
      }
      const unfinished = open.some(
        ({ run_id, ended_at }) =>
          item.pk === `run#${run_id}` && ended_at !== undefined && item.sk === endedAtCompletion(ended_at),
      );
      if (unfinished) this.#fail(`the completion of an unfinished event has expired: ${item.pk} ${item.sk}`);
    }
  }

  /** When all is quiet and nothing fails any more. */
  checkEnd(): void {
    const { table, queue } = this.#truth;
    if (queue.messages.size > 0) this.#fail('all is quiet, and a message is left in the queue');
    for (const event of table.all<EventItem>('event')) {
      if (this.accepted.has(event.event_id) && event.state === 'received') {
        this.#fail(`all is quiet, and ${event.event_id} is unfinished`);
      }
    }
  }

  #onPut(item: Item, before: Item | undefined): void {
    this.messages.onPut(item, before, this.#truth.now());
    if (item.sk === 'event') this.#onEvent(item as EventItem, before as EventItem | undefined);
    else if (item.sk === 'lineage') this.#onLineage(item as LineageItem, before as LineageItem | undefined);
    else if (item.sk.startsWith('completion#'))
      this.#onCompletion(item as CompletionItem, before as CompletionItem | undefined);
  }

  #onCompletion(item: CompletionItem, before: CompletionItem | undefined): void {
    const runId = item.pk.slice('run#'.length);
    if (item.planned !== before?.planned) this.#unless(this.depths.onPlan(item));
    for (const { key, rule, position, kind, result } of item.actions ?? []) {
      const action = `${item.pk} ${this.#endingOf(item)} ${rule} ${position}`;
      if (!this.#planned.has(key)) this.#planned.set(key, { action, runId });
      if (!result || this.#done.has(key)) continue;
      this.#done.add(key);
      if (kind === 'notify' || kind === 'publish') {
        if (!this.announced.has(key)) this.#fail(`${rule} counts as announced, and was not`);
        continue;
      }
      if (kind === 'retryRun') {
        const run = this.#truth.api.runs.get(runId);
        if (!run || run.retries === 0) this.#fail(`${runId} counts as retried, and was not`);
        continue;
      }
      for (const id of result.run_ids) {
        const owner = this.#owners.get(id);
        if (owner !== undefined && owner !== key) this.#fail(`run ${id} counts for two actions`);
        this.#owners.set(id, key);
        const run = this.#truth.api.runs.get(id);
        if (!run) this.#fail(`run ${id} is nobody's`);
        if (run?.key !== key && !result.adopted) this.#fail(`run ${id} is not the one that ${rule} started`);
      }
    }
  }

  /** What the run's ending is by the API's truth, however the completion names it. */
  #endingOf({ pk, sk }: CompletionItem): string {
    const run = this.#truth.api.runs.get(pk.slice('run#'.length));
    // Of a run that was retried in place, nobody can say which ending an event without one means (a known gap).
    const isKnown = sk.startsWith(ownCompletion('')) && run?.retries === 0 && run.ended_at != null;
    return isKnown ? endedAtCompletion(Date.parse(run.ended_at as string)) : (sk.split(OWN)[0] as string);
  }

  #onLineage(item: LineageItem, before: LineageItem | undefined): void {
    const { action, adopted } = item;
    this.depths.onLineage(item);
    if (action === undefined || before?.action === action) return;
    if (before?.action !== undefined) this.#fail(`the lineage of ${item.pk} changed hands`);
    const run = this.#truth.api.runs.get(item.pk.slice('run#'.length));
    if (!run || run.key === action) return;
    if (!adopted) this.#fail(`${run.id} was taken by an action that did not start it`);
    // Another's run may be taken only where a look-up could show no other.
    const open = this.#truth.api.alike(run).filter(({ id, createdAt }) => {
      const lineage = this.#truth.table.get({ pk: `run#${id}`, sk: 'lineage' }) as LineageItem | undefined;
      const isFree = lineage?.action === undefined || id === run.id;
      return isFree && Math.abs(createdAt - run.createdAt) <= ASSUMED;
    });
    if (open.length > 1) this.#fail(`${run.id} was taken by guess from ${open.length} runs alike`);
    this.swaps += 1;
  }

  #onEvent(item: EventItem, before: EventItem | undefined): void {
    // A lease that runs out counts as a crash, and one event's deadly rule must not count against another's.
    if (
      item.reason === 'crashed' &&
      item.workflow_id !== 'first-poison' &&
      this.#truth.faults() < MAX_CRASHES
    ) {
      this.#fail(`${item.event_id} counts as deadly, and is not`);
    }
    if (
      item.state === 'failed' &&
      before?.state !== 'failed' &&
      !this.#deadLettered.has(`${item.event_id}/${item.failure}`)
    ) {
      this.#fail(`${item.event_id} is recorded as failed without a dead letter`);
    }
    if (item.state !== 'processed' || before?.state === 'processed' || item.duplicate_of !== undefined)
      return;
    const completion = item.ended_at === undefined ? item.completion : endedAtCompletion(item.ended_at);
    const key = completionKey(item.run_id as string, completion ?? '');
    const own = { ...key, sk: `${key.sk}${OWN}${item.event_id}` };
    const found = (this.#truth.table.get(key) ?? this.#truth.table.get(own)) as CompletionItem | undefined;
    if (!found?.done || !found.actions?.every((action) => isSettled(action) && action.result)) {
      this.#fail(`${item.event_id} is processed, and its completion is not done`);
    }
  }

  #onEffect(key: string, runs: ModelRun[], kind: 'create' | 'chain' | 'retry'): void {
    const planned = this.#planned.get(key);
    if (!planned) throw new Violation(`an effect for key ${key} that nobody planned`);
    const others = this.#truth.api.effects.filter(
      (effect) => this.#planned.get(effect.key)?.action === planned.action,
    );
    if (others.length > 1) this.#fail(`${planned.action} took effect ${others.length} times`);
    if (kind === 'retry') {
      const { length } = this.#truth.api.effects.filter(
        (effect) => effect.kind === 'retry' && effect.runIds.includes(planned.runId),
      );
      if (length > MAX_RETRIES) this.#fail(`${planned.runId} was retried ${length} times`);
      return;
    }
    this.#unless(this.depths.onStart(planned.runId, runs));
  }

  #unless(wrong: string | undefined): void {
    if (wrong !== undefined) this.#fail(wrong);
  }

  #fail(what: string): never {
    throw new Violation(what);
  }
}

const eventIds = new Map<string, string>();

/** Messages are few and met at every step. */
function eventOf(body: string): string {
  let id = eventIds.get(body);
  if (id === undefined) {
    id = (JSON.parse(body) as { event: string }).event;
    if (eventIds.size > 10_000) eventIds.clear();
    eventIds.set(body, id);
  }
  return id;
}
