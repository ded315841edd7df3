import type { Item } from '../../lambda/core/model/index.ts';
import {
  type CompletionItem,
  completionKey,
  type EventItem,
  endedAtCompletion,
  type LineageItem,
} from '../../lambda/core/model/index.ts';
import { HOUR, MAX_CRASHES } from '../../lambda/core/model/time.ts';
import { parseTime } from '../../lambda/cyberdesk/time.ts';
import { Adoptions } from './adoptions.ts';
import { BrokenPromiseError, OWN } from './broken-promise.ts';
import { Depths } from './depths.ts';
import { wronglyExpired, wronglyExpires } from './expiry.ts';
import { eventOf } from './message-body.ts';
import { Messages, type Work } from './messages.ts';
import type { CyberdeskModel, EffectKind, ModelRun } from './model/cyberdesk.ts';
import { isCompletion, isDone, isEvent, isLineage } from './model/items.ts';
import type { QueueModel, Received, StoredMessage } from './model/queue.ts';
import type { TableModel } from './model/table.ts';
import { Receives } from './receives.ts';
import { Results } from './results.ts';
import { EVENT_RETENTION, MAX_DEPTH, MAX_RETRIES } from './rules.ts';
import { Settlements } from './settlements.ts';
import { subjectIn } from './subject.ts';
import { Workers } from './workers.ts';
import { Writes } from './writes.ts';

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
  isCorrelated: boolean;
}

/** The sweeper sends nothing while so many messages wait or are in flight. */
const LARGEST_BACKLOG = 100_000;

/** Knows what really happened, and checks every promise at every step. */
export class Oracle {
  readonly accepted = new Set<string>();
  /** Dedupe ids of the announcements and deliveries that arrived. */
  readonly announced = new Map<string, number>();
  /** True: nothing may reach the dead-letter queue. */
  calm = false;
  readonly #truth: Truth;
  readonly #planned = new Map<string, PlannedAction>();
  readonly depths: Depths;
  readonly messages: Messages;
  readonly settlements: Settlements;
  readonly adoptions: Adoptions;
  readonly results: Results;
  readonly workers: Workers;
  readonly #receives: Receives;
  readonly #writes = new Writes();
  readonly #deadLettered = new Set<string>();
  readonly #deadLettersOf = new Map<string, number>();
  /** Events whose message the queue kept for as long as it keeps any; the sweeper will send another. */
  readonly #outlived = new Set<string>();
  /** Events that a restore has taken away, until they are sent again. */
  readonly #forgotten = new Set<string>();
  #restores = 0;
  #checked = -1;

  constructor(truth: Truth) {
    const { table, queue, api, now } = truth;
    this.#truth = truth;
    this.depths = new Depths(table, MAX_DEPTH, now);
    this.messages = new Messages(table);
    this.settlements = new Settlements(table);
    this.adoptions = new Adoptions(api, table, now);
    this.results = new Results(api, this.announced);
    this.workers = new Workers(table, now);
    this.#receives = new Receives(queue);
    table.onPut = (item, before) => this.#onPut(item, before);
    api.onEffect = (key, runs, kind) => this.#onEffect(key, runs, kind);
    api.front.onThrottled = () => this.#onThrottled();
    api.onOtherBody = (key) => {
      // A restore forgets which versions of secrets an attempt had used.
      if (this.#restores === 0) this.#fail(`key ${key} was sent with two different bodies`);
    };
    queue.onExpired = ({ body }) => void this.#outlived.add(eventOf(body));
    queue.onMoved = ({ id, receives }) => this.#fail(`SQS moved ${id} after ${receives} receives`);
  }

  /** After each step. */
  check(): void {
    const { table, queue, deadLetters } = this.#truth;
    const changes = table.changes + queue.changes + deadLetters.changes + this.accepted.size;
    if (changes === this.#checked || this.accepted.size === 0) return;
    this.#checked = changes;
    const live = new Set(this.#outlived);
    for (const { messages } of [queue, deadLetters]) {
      for (const { body } of messages.values()) live.add(eventOf(body));
    }
    for (const id of this.accepted) {
      if (live.has(id)) continue;
      const event = table.event(id);
      if (!event && !this.#forgotten.has(id)) this.#fail(`event ${id} was answered with 2xx and is gone`);
      if (event?.state === 'received') this.#fail(`event ${id} is unfinished and has no message`);
    }
  }

  /** A webhook will be answered with 2xx, as the event with this id. Describes what is wrong with that, if anything. */
  onAccepted(id: string, { run }: { run?: { workflow_id?: string } }): string | undefined {
    this.accepted.add(id);
    const isUsable = run === undefined || run.workflow_id !== undefined;
    return isUsable && this.#truth.table.event(id)?.state === 'unprocessable'
      ? `a webhook that can be processed is taken for ${id}, which cannot`
      : undefined;
  }

  /** A person asks today's rules about an event whose body was kept for as long as the stage says. */
  #isPastItsBody(id: string, reason: string | undefined): boolean {
    const event = this.#truth.table.event(id);
    const age = this.#truth.now() - Date.parse(event?.received_at ?? '');
    return reason === 'body_lost' && age >= EVENT_RETENTION;
  }

  onDeadLetter({ body, reason }: StoredMessage): void {
    const { event, reopen }: { event: string; reopen?: number } = JSON.parse(body);
    if (this.calm && !this.#isPastItsBody(event, reason))
      this.#fail(`a dead letter (${reason}) for ${event}, although there were only outages`);
    const entry = `${event}/${reopen}`;
    this.#deadLettered.add(entry);
    const count = (this.#deadLettersOf.get(entry) ?? 0) + 1;
    this.#deadLettersOf.set(entry, count);
    // Of an event that a restore has lost, nothing remembers that it was dead-lettered: each receive of a message may do it again.
    const failures = reason === 'event_missing' ? this.#receives.of(event) : 3;
    if (count > failures + 2 * this.#truth.faults())
      this.#fail(`${count} dead letters for one failure of ${event}`);
  }

  /** A verifier sent a message. */
  onQueued(body: string, begun: Work): void {
    this.#unless(this.messages.onSend('verifier', eventOf(body), begun, this.#truth.now()));
  }

  /** @param backlog Messages in the queue, as the queue answered to the sweeper. */
  onResend(body: string, begun: Work, backlog: number): void {
    this.#outlived.delete(eventOf(body));
    this.#unless(this.messages.onSend('sweeper', eventOf(body), begun, this.#truth.now()));
    if (backlog >= LARGEST_BACKLOG) this.#fail(`the sweeper added to a queue of ${backlog} messages`);
  }

  onReceive(batch: readonly Received[]): void {
    for (const received of batch) {
      this.#writes.onReceive(eventOf(received.body));
      this.#unless(this.#receives.onReceive(received));
    }
  }

  /** The worker of a batch died. */
  onDeath(batch: readonly Received[]): void {
    for (const { id } of batch) this.#receives.onDeath(id);
  }

  /** An invocation was ended by its timeout, although nothing froze it or held its requests up. */
  onTimeout(batch: readonly Received[]): void {
    const events = batch.map(({ body }) => eventOf(body)).join(', ');
    this.#fail(`the function ran into its timeout with ${events}`);
  }

  /** A function that was not disturbed has returned these as failed. */
  onReturn(failed: readonly Received[]): void {
    this.#unless(this.#receives.onReturn(failed));
  }

  /**
   * A function whose calls to the table were not disturbed has returned, and must not hold anything.
   *
   * @param before What it held when it was invoked.
   */
  onRest(sandbox: string, before: ReadonlyMap<string, string>): void {
    this.#unless(this.workers.onRest(sandbox, before));
  }

  /** An announcement arrived at its topic, or an event at a destination. */
  onAnnounced(dedupeId: string): void {
    const count = (this.announced.get(dedupeId) ?? 0) + 1;
    this.announced.set(dedupeId, count);
    if (!this.#planned.has(dedupeId)) this.#fail(`${dedupeId} was announced before anyone had claimed it`);
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

  /**
   * The table was restored: events from after the point are gone until they are sent again, and what was counted since
   * then begins anew. The sweeper sends a message for what is unfinished again.
   *
   * @param before The events that there were.
   */
  onRestored(before: readonly EventItem[]): void {
    const { table } = this.#truth;
    // A verifier may have stored one and not answered yet.
    for (const { event_id } of before) if (!table.event(event_id)) this.#forgotten.add(event_id);
    for (const id of this.accepted) if (!table.event(id)) this.accepted.delete(id);
    for (const { event_id, state } of table.events()) if (state === 'received') this.#outlived.add(event_id);
    this.#deadLettersOf.clear();
    this.#writes.clear();
    this.messages.onRestored();
    this.depths.onRestored();
    this.results.onRestored();
    this.workers.onRestored();
    this.#restores += 1;
  }

  /** Accepted events that are not finished. */
  get unfinished(): EventItem[] {
    const { table } = this.#truth;
    return table
      .events()
      .filter(({ event_id, state }) => state === 'received' && this.accepted.has(event_id));
  }

  /** When everything has come to rest, and nothing fails any more. */
  checkEnd(): void {
    if (this.#truth.queue.messages.size > 0)
      this.#fail('everything is at rest, and a message is left in the queue');
    const [event] = this.unfinished;
    if (event) this.#fail(`everything is at rest, and ${event.event_id} is unfinished`);
  }

  #onPut(item: Item, before: Item | undefined): void {
    this.messages.onPut(item, before, this.#truth.now());
    this.#unless(wronglyExpires(item, this.#truth.now()));
    if (isEvent(item)) this.#onEvent(item, before && isEvent(before) ? before : undefined);
    else if (isLineage(item)) this.#onLineage(item, before && isLineage(before) ? before : undefined);
    else if (isCompletion(item))
      this.#onCompletion(item, before && isCompletion(before) ? before : undefined);
    this.#unless(this.#writes.onPut(item, this.#truth.faults()));
  }

  #onCompletion(item: CompletionItem, before: CompletionItem | undefined): void {
    const runId = subjectIn(item);
    this.workers.onCompletion(item);
    // The name of its writer begins with an `o` if that is an operator.
    if (item.tag.startsWith('o')) this.#unless(this.settlements.onDecision(item, before, this.#truth.now()));
    if (item.planned !== before?.planned) this.#unless(this.depths.onPlan(item));
    for (const { key, rule, position, kind, result, correlate, decision, last_failure } of item.actions ??
      []) {
      // Each request was answered so far, by whatever stands in the API's place.
      if (last_failure?.kind === 'no_response' && this.#truth.faults() === 0)
        this.#fail(`${rule} counts as not answered, and each of its requests was`);
      if (!this.#planned.has(key)) {
        const action = `${item.pk} ${this.#endingOf(item)} ${rule} ${position}`;
        if (decision?.kind === 'start_again') this.settlements.startedAgain(action);
        this.#planned.set(key, { action, runId, isCorrelated: correlate !== undefined });
      }
      if (result) this.#unless(this.results.onResult(runId, { key, rule, kind, result, decision }));
    }
  }

  /** Which ending of the run a completion is about, as the API knows it, however the completion is named. */
  #endingOf({ pk, sk }: CompletionItem): string {
    const run = this.#truth.api.runs.get(subjectIn({ pk }));
    // A run that was never retried has one ending, whatever a worker believes. Of one that was, it cannot be known which ending an
    // event without one reports (a known gap).
    if (run?.retries === 0 && run.ended_at !== null) return endedAtCompletion(parseTime(run.ended_at) ?? 0);
    return sk.split(OWN)[0] ?? sk;
  }

  #onLineage(item: LineageItem, before: LineageItem | undefined): void {
    const { action } = item;
    this.#unless(this.depths.onLineage(item));
    if (action === undefined || before?.action === action) return;
    if (before?.action !== undefined) this.#fail(`the lineage of ${item.pk} changed hands`);
    if (this.settlements.named.has(subjectIn(item))) return;
    this.#unless(this.adoptions.onTaken(item, this.#planned.get(action)?.isCorrelated ?? false));
  }

  #onEvent(item: EventItem, before: EventItem | undefined): void {
    // What was answered is the event of before.
    if (this.#forgotten.delete(item.event_id)) this.accepted.delete(item.event_id);
    // A lease that expires counts as a crash, and the rule of one event that kills its worker must not count against
    // another event.
    if (
      item.reason === 'crashed' &&
      item.workflow_id !== 'first-poison' &&
      this.#truth.faults() < MAX_CRASHES
    ) {
      this.#fail(`${item.event_id} counts as crashed, and is not to blame`);
    }
    // What is sent can be processed, unless it lacks a field; otherwise a schedule would show nothing.
    if (item.state === 'unprocessable' && item.workflow_id !== undefined)
      this.#fail(`${item.event_id} counts as unprocessable: ${item.reason}`);
    if (
      item.state === 'failed' &&
      before?.state !== 'failed' &&
      !this.#deadLettered.has(`${item.event_id}/${item.failure}`)
    ) {
      this.#fail(`${item.event_id} is recorded as failed without a dead letter`);
    }
    if (item.type !== 'run_complete') {
      this.#onOtherEvent(item);
      return;
    }
    if (item.state !== 'processed' || before?.state === 'processed' || item.duplicate_of !== undefined)
      return;
    const completion = item.ended_at === undefined ? item.completion : endedAtCompletion(item.ended_at);
    const key = completionKey(item.run_id ?? '', completion ?? '');
    const own = { ...key, sk: `${key.sk}${OWN}${item.event_id}` };
    const found = this.#truth.table.completion(key) ?? this.#truth.table.completion(own);
    if (this.workers.hadDone(item.tag, key, own)) return;
    if (!found?.actions || !isDone(found))
      this.#fail(`${item.event_id} is processed, and its completion is not done`);
  }

  /** Such an event is its own completion; it is ignored only if nothing was ever planned for it. */
  #onOtherEvent({ event_id, state, type, duplicate_of, body_sha256, tag }: EventItem): void {
    if (duplicate_of !== undefined) this.#fail(`${event_id} counts as a copy, and is an event of its own`);
    if (state !== 'processed' && state !== 'ignored') return;
    const key = {
      pk: `occurrence#${event_id}`,
      sk: `completion#event:${event_id}~${body_sha256.slice(0, 16)}`,
    };
    const found = this.#truth.table.completion(key);
    const { actions = [] } = found ?? {};
    if (this.workers.hadDone(tag, key)) return;
    if (!found || !isDone(found)) this.#fail(`${event_id} is ${state}, and its completion is not done`);
    const isAsked = type === 'downed_machines' || actions.length > 0;
    if (isAsked && (state === 'ignored' || actions.length !== 2))
      this.#fail(`${event_id} is ${state}, and not all that the rules ask for was done`);
  }

  #onEffect(key: string, runs: ModelRun[], kind: EffectKind): void {
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
      // A restore may forget that a run was retried, and a person may have one begun again.
      const actions = [...this.#planned.values()].filter(({ runId }) => runId === planned.runId);
      const again = [...new Set(actions.map(({ action }) => action))].map(
        (action) => this.settlements.allowed(action) - 1,
      );
      if (length > MAX_RETRIES * (1 + this.#restores) + again.reduce((sum, more) => sum + more, 0))
        this.#fail(`${planned.runId} was retried ${length} times`);
      return;
    }
    this.#unless(this.depths.onStart(planned.runId, runs));
  }

  /** A pause that never grows would send requests without end. */
  #onThrottled(): void {
    const { requests, since } = this.#truth.api.front.throttled;
    const hours = (this.#truth.now() - since) / HOUR;
    const faults = this.#truth.faults();
    if (requests > 40 + 8 * hours + 4 * faults)
      this.#fail(`${requests} requests within ${hours.toFixed(2)} h of throttling`);
  }

  /** A page in the API's place says nothing about the key; a person would replace one that is accepted. */
  onCount(metric: string): void {
    const { api, now } = this.#truth;
    // A sandbox may be frozen between the answer and the count.
    if (metric === 'ApiKeyRejected' && now() - api.front.deniedAt > HOUR)
      this.#fail('a page in its place accuses the API key');
  }

  #unless(wrong: string | undefined): void {
    if (wrong !== undefined) this.#fail(wrong);
  }

  #fail(what: string): never {
    throw new BrokenPromiseError(what);
  }
}
