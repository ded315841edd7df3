import { isSettled } from '../../lambda/core/completion/action-states.ts';
import type { Item } from '../../lambda/core/model/index.ts';
import {
  type CompletionItem,
  completionKey,
  type EventItem,
  endedAtCompletion,
  type LineageItem,
  ownCompletion,
} from '../../lambda/core/model/index.ts';
import { HOUR, MAX_CRASHES } from '../../lambda/core/model/time.ts';
import { BrokenPromiseError, OWN } from './broken-promise.ts';
import { Depths } from './depths.ts';
import { wronglyExpired } from './expiry.ts';
import { eventOf } from './message-body.ts';
import { Messages, type Work } from './messages.ts';
import { ASSUMED, type CyberdeskModel, type ModelRun } from './model/cyberdesk.ts';
import { isCompletion, isEvent, isLineage } from './model/items.ts';
import type { QueueModel, StoredMessage } from './model/queue.ts';
import type { TableModel } from './model/table.ts';
import { Results } from './results.ts';
import { MAX_DEPTH, MAX_RETRIES } from './rules.ts';
import { Settlements } from './settlements.ts';

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

/** Knows what really happened, and checks every promise at every step. */
export class Oracle {
  readonly accepted = new Set<string>();
  readonly announced = new Set<string>();
  /** True: nothing may reach the dead-letter queue. */
  calm = false;
  /** Equal runs that were mistaken for each other; allowed only where a lookup showed exactly one. */
  swaps = 0;
  readonly #truth: Truth;
  readonly #planned = new Map<string, PlannedAction>();
  readonly depths: Depths;
  readonly messages: Messages;
  readonly settlements: Settlements;
  readonly #deadLettered = new Set<string>();
  readonly #deadLettersOf = new Map<string, number>();
  readonly #results: Results;

  constructor(truth: Truth) {
    this.#truth = truth;
    this.depths = new Depths(truth.table, MAX_DEPTH, truth.now);
    this.messages = new Messages(truth.table);
    this.settlements = new Settlements(truth.table);
    this.#results = new Results(truth.api, this.announced);
    truth.table.onPut = (item, before) => this.#onPut(item, before);
    truth.api.onEffect = (key, runs, kind) => this.#onEffect(key, runs, kind);
    truth.api.onThrottled = () => this.#onThrottled();
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
      const event = table.event(id);
      if (!event) this.#fail(`event ${id} was answered with 2xx and is gone`);
      if (event?.state === 'received') this.#fail(`event ${id} is unfinished and has no message`);
    }
  }

  onDeadLetter({ body, reason }: StoredMessage): void {
    const { event, reopen }: { event: string; reopen?: number } = JSON.parse(body);
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

  /** A person's decision reopens an event. */
  onReopen(body: string): void {
    this.#unless(this.settlements.onReopen(eventOf(body)));
  }

  /** Nothing may expire that is still needed. */
  onExpired(items: Item[]): void {
    for (const item of items) if (isEvent(item)) this.accepted.delete(item.event_id);
    this.#unless(wronglyExpired(items, this.#truth.table.events()));
  }

  /** Once nothing is left to do, and nothing fails any more. */
  checkEnd(): void {
    const { table, queue } = this.#truth;
    if (queue.messages.size > 0) this.#fail('everything is at rest, and a message is left in the queue');
    for (const event of table.events()) {
      if (this.accepted.has(event.event_id) && event.state === 'received') {
        this.#fail(`everything is at rest, and ${event.event_id} is unfinished`);
      }
    }
  }

  #onPut(item: Item, before: Item | undefined): void {
    this.messages.onPut(item, before, this.#truth.now());
    if (isEvent(item)) this.#onEvent(item, before && isEvent(before) ? before : undefined);
    else if (isLineage(item)) this.#onLineage(item, before && isLineage(before) ? before : undefined);
    else if (isCompletion(item))
      this.#onCompletion(item, before && isCompletion(before) ? before : undefined);
  }

  #onCompletion(item: CompletionItem, before: CompletionItem | undefined): void {
    const runId = item.pk.slice('run#'.length);
    // The name of its writer begins with an `o` if that is an operator.
    if (item.tag.startsWith('o')) this.#unless(this.settlements.onDecision(item, before, this.#truth.now()));
    if (item.planned !== before?.planned) this.#unless(this.depths.onPlan(item));
    for (const { key, rule, position, kind, result, decision } of item.actions ?? []) {
      const action = `${item.pk} ${this.#endingOf(item)} ${rule} ${position}`;
      if (!this.#planned.has(key) && decision?.kind === 'start_again') this.settlements.startedAgain(action);
      if (!this.#planned.has(key)) this.#planned.set(key, { action, runId });
      if (result) this.#unless(this.#results.onResult(runId, { key, rule, kind, result, decision }));
    }
  }

  /** Which ending of the run a completion is about, as the API knows it, however the completion is named. */
  #endingOf({ pk, sk }: CompletionItem): string {
    const run = this.#truth.api.runs.get(pk.slice('run#'.length));
    // Of a run that was retried in place, it cannot be known which ending an event without one reports (a known gap).
    if (sk.startsWith(ownCompletion('')) && run?.retries === 0 && run.ended_at != null)
      return endedAtCompletion(Date.parse(run.ended_at));
    return sk.split(OWN)[0] ?? sk;
  }

  #onLineage(item: LineageItem, before: LineageItem | undefined): void {
    const { action, adopted } = item;
    this.depths.onLineage(item);
    if (action === undefined || before?.action === action) return;
    if (before?.action !== undefined) this.#fail(`the lineage of ${item.pk} changed hands`);
    const run = this.#truth.api.runs.get(item.pk.slice('run#'.length));
    if (!run || run.key === action || this.settlements.named.has(run.id)) return;
    if (!adopted) this.#fail(`${run.id} was taken by an action that did not start it`);
    // A run that another action started may be taken only where a lookup could show no other.
    const open = this.#truth.api.equalRuns(run).filter(({ id, createdAt }) => {
      const lineage = this.#truth.table.lineage(id);
      const isFree = lineage?.action === undefined || id === run.id;
      return isFree && Math.abs(createdAt - run.createdAt) <= ASSUMED;
    });
    if (open.length > 1) this.#fail(`${run.id} was taken by guess from ${open.length} equal runs`);
    this.swaps += 1;
  }

  #onEvent(item: EventItem, before: EventItem | undefined): void {
    // A lease that expires counts as a crash, and the rule of one event that kills its worker must not count against
    // another event.
    if (
      item.reason === 'crashed' &&
      item.workflow_id !== 'first-poison' &&
      this.#truth.faults() < MAX_CRASHES
    ) {
      this.#fail(`${item.event_id} counts as crashed, and is not to blame`);
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
    const key = completionKey(item.run_id ?? '', completion ?? '');
    const own = { ...key, sk: `${key.sk}${OWN}${item.event_id}` };
    const found = this.#truth.table.completion(key) ?? this.#truth.table.completion(own);
    if (!found?.done || !found.actions?.every((action) => isSettled(action) && action.result)) {
      this.#fail(`${item.event_id} is processed, and its completion is not done`);
    }
  }

  #onEffect(key: string, runs: ModelRun[], kind: 'create' | 'chain' | 'retry'): void {
    const planned = this.#planned.get(key);
    if (!planned) throw new BrokenPromiseError(`an effect for key ${key} that no plan contains`);
    const others = this.#truth.api.effects.filter(
      (effect) => this.#planned.get(effect.key)?.action === planned.action,
    );
    if (others.filter((effect) => effect.key === key).length > 1)
      this.#fail(`${planned.action} took effect 2 times under one key`);
    const allowed = this.settlements.allowed(planned.action);
    if (others.length > allowed) this.#fail(`${planned.action} took effect ${others.length} times`);
    if (kind === 'retry') {
      const { length } = this.#truth.api.effects.filter(
        (effect) => effect.kind === 'retry' && effect.runIds.includes(planned.runId),
      );
      if (length > MAX_RETRIES + allowed - 1) this.#fail(`${planned.runId} was retried ${length} times`);
      return;
    }
    this.#unless(this.depths.onStart(planned.runId, runs));
  }

  /** A pause that never grows would send requests without end. */
  #onThrottled(): void {
    const { requests, since } = this.#truth.api.throttled;
    const hours = (this.#truth.now() - since) / HOUR;
    const faults = this.#truth.faults();
    if (requests > 40 + 8 * hours + 4 * faults)
      this.#fail(`${requests} requests within ${hours.toFixed(2)} h of throttling`);
  }

  #unless(wrong: string | undefined): void {
    if (wrong !== undefined) this.#fail(wrong);
  }

  #fail(what: string): never {
    throw new BrokenPromiseError(what);
  }
}
