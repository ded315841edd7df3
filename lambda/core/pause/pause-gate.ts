import {
  CALL_TIMEOUT,
  type CallLimit,
  type CallOutcome,
  ITEM_VERSION,
  LONGEST_PAUSE,
  PAUSE_KEY,
  type PauseItem,
  SECOND,
  type System,
  type Table,
} from '../model/index.ts';
import { known, LaterReleaseError, loadPause, type Store, type Swap, trySave } from '../store/index.ts';
import { isWithin, pauseEnd } from './pause-end.ts';

/** This many different actions that fail in a row are an outage of the API. */
const OUTAGE = 3;
/** The same while pauses follow one another: the API was down a moment ago. */
const OUTAGE_AGAIN = 2;
/** An action that has failed this often may itself be the cause, so the API is asked. */
const SUSPICIOUS_TRIES = 3;
/** The first pause in a row if the API names no time; each further pause doubles it. */
const FIRST_PAUSE = 30 * SECOND;
/** The same if the API names a time, which may be zero or in the past. */
const SHORTEST_PAUSE = SECOND;
/** Random spread after the first pause in a row; doubles as well, so that workers do not return as a herd. */
const FIRST_SPREAD = 5 * SECOND;
/** Lost races before a report is dropped: the workers that won them have reported the same. */
const RACES = 4;

export type Admission = { kind: 'open' } | { kind: 'closed'; until: number };

export type CallReport =
  | { kind: 'answered'; by: 'read' | 'write' }
  | { kind: 'throttled'; retryAfterMs?: number | undefined }
  | { kind: 'key_not_set' }
  /** 401 or 403: the key is refused, or only this request is. */
  | { kind: 'denied'; subject: Subject }
  | { kind: 'failed'; subject: Subject };

/** What a failed call was for, to tell an outage from one request that always fails. */
export interface Subject {
  id: string;
  /** How often it has failed before. */
  tries: number;
}

export interface Effect {
  /** The report began or prolonged a pause. */
  paused: boolean;
  /** The API refuses the key, and not only this request. */
  keyRefused: boolean;
}

const NO_EFFECT: Effect = { paused: false, keyRefused: false };

type PauseDraft = Pick<PauseItem, 'until' | 'streak' | 'probe'>;

/** What an invocation lends to the gate: a harmless read, and when it must have ended. */
export interface Invocation {
  cyberdesk: { ping(limit: CallLimit): Promise<CallOutcome<undefined>> };
  deadline: number;
}

/**
 * Stops the calls of all workers to Cyberdesk while it is throttling or down; otherwise every waiting event would use
 * up its own tries on the same outage. A gate lives as long as its sandbox; `begin` starts an invocation, which reads
 * the shared item once.
 *
 * The item only saves calls. Failing to read or write it never fails a call, and leaves no outcome in doubt.
 */
export class PauseGate {
  readonly #store: Store;
  readonly #system: System;
  readonly #probeMs: number;
  /** What has failed since the API last answered, and how often. */
  readonly #failing = new Map<string, number>();
  #view: Promise<PauseItem | undefined> | undefined;
  #probing = false;
  #invocation: Invocation | undefined;
  #ping: Promise<CallOutcome<undefined>> | undefined;

  /** @param probeMs How long one worker may probe before the next one may, in milliseconds. */
  constructor(table: Table, system: System, probeMs: number) {
    this.#store = { table, system };
    this.#system = system;
    this.#probeMs = probeMs;
  }

  begin(invocation: Invocation): void {
    this.#invocation = invocation;
    this.#view = undefined;
    this.#ping = undefined;
    this.#probing = false;
  }

  /** Until when calls have to wait, without asking for admission. For decisions that come before any write. */
  async waiting(): Promise<number | undefined> {
    return this.#closedUntil(await this.#read());
  }

  /** Asks to make a call. Once a pause is over, one worker probes first and the others wait for its report. */
  async enter(): Promise<Admission> {
    const view = await this.#read();
    if (!isPaused(view)) return { kind: 'open' };
    const closed = this.#closedUntil(view);
    if (closed !== undefined) return { kind: 'closed', until: closed };
    const now = this.#system.now();
    const probe = { token: this.#system.token(), until: now + this.#probeMs };
    const written = await this.#write(view, { ...view, probe });
    this.#probing = written !== 'lost';
    if (this.#probing) return { kind: 'open' };
    const news = await this.#read();
    return { kind: 'closed', until: this.#closedUntil(news) ?? now + SECOND };
  }

  /** Reports how an admitted call went. */
  async report(report: CallReport): Promise<Effect> {
    const wasProbe = this.#probing;
    this.#probing = false;
    switch (report.kind) {
      case 'answered':
        await this.#open(report.by);
        return NO_EFFECT;
      case 'throttled': {
        const floor = report.retryAfterMs === undefined ? FIRST_PAUSE : SHORTEST_PAUSE;
        return this.#pause(floor, report.retryAfterMs);
      }
      case 'key_not_set':
        return this.#pause(FIRST_PAUSE);
      case 'denied':
        return this.#denied(report.subject, wasProbe);
      case 'failed':
        return this.#failed(report.subject, wasProbe);
    }
  }

  /** Only an answered write ends the streak: during a partial outage reads may work while writes do not. */
  async #open(by: 'read' | 'write'): Promise<void> {
    this.#failing.clear();
    const view = await this.#read();
    // The answer to a call that began before the pause says nothing about its end.
    const now = this.#system.now();
    if (!view || now < pauseEnd(view, now)) return;
    const streak = by === 'write' ? 0 : view.streak;
    if (view.until !== 0 || view.streak !== streak) await this.#write(view, { until: 0, streak });
  }

  async #denied(subject: Subject, wasProbe: boolean): Promise<Effect> {
    const answer = await this.#ask();
    if (answer === 'answered') return NO_EFFECT;
    if (answer === 'denied') return { ...(await this.#pause(FIRST_PAUSE)), keyRefused: true };
    return this.#failed(subject, wasProbe);
  }

  async #failed({ id, tries }: Subject, wasProbe: boolean): Promise<Effect> {
    const before = this.#failing.get(id) ?? 0;
    this.#failing.set(id, before + 1);
    const streak = (await this.#read())?.streak ?? 0;
    if (this.#failing.size >= (streak > 0 ? OUTAGE_AGAIN : OUTAGE)) return this.#pause(FIRST_PAUSE);
    const isSuspicious = Math.max(tries, before) + 1 >= SUSPICIOUS_TRIES;
    if ((wasProbe || isSuspicious) && (await this.#ask()) !== 'answered') return this.#pause(FIRST_PAUSE);
    return NO_EFFECT;
  }

  /** Makes a harmless read, once per invocation. If there is no time for it, it counts as failed. */
  async #ask(): Promise<'answered' | 'denied' | 'failed'> {
    const end = this.#system.now() + CALL_TIMEOUT;
    if (!this.#invocation || end > this.#invocation.deadline) return 'failed';
    this.#ping ??= this.#invocation.cyberdesk.ping({ until: end });
    const outcome = await this.#ping;
    if (outcome.kind === 'failed')
      return outcome.status === 401 || outcome.status === 403 ? 'denied' : 'failed';
    await this.#open('read');
    return 'answered';
  }

  async #pause(floor: number, asked = 0): Promise<Effect> {
    for (let races = 0; races < RACES; races += 1) {
      const view = await this.#read();
      const written = await this.#write(view, this.#prolonged(view, floor, asked));
      if (written !== 'lost') return { paused: written === 'written', keyRefused: false };
    }
    return NO_EFFECT;
  }

  #prolonged(view: PauseItem | undefined, floor: number, asked: number): PauseDraft {
    const now = this.#system.now();
    const streak = view?.streak ?? 0;
    const length = Math.min(Math.max(asked, floor * 2 ** Math.min(streak, 10)), LONGEST_PAUSE);
    // Several workers that ran into the same outage lengthen the streak by one, not by one each.
    const end = pauseEnd(view, now);
    const isOn = now < end;
    return { until: Math.max(end, now + length), streak: isOn ? streak : streak + 1 };
  }

  /** The shared item; as if there was none while it cannot be read, and read again by the next question. */
  async #read(): Promise<PauseItem | undefined> {
    this.#view ??= loadPause(this.#store.table);
    try {
      return await this.#view;
    } catch (error) {
      if (error instanceof LaterReleaseError) throw error;
      this.#view = undefined;
      return undefined;
    }
  }

  /** Until when calls must wait: for the pause, or for the worker that probes after it. */
  #closedUntil(view: PauseItem | undefined): number | undefined {
    if (!isPaused(view)) return undefined;
    const now = this.#system.now();
    const end = pauseEnd(view, now);
    if (now < end) return end + this.#spread(view.streak);
    // Another worker is probing and reports before its deadline; polling every second would only burn receives.
    const { probe } = view;
    const isProbed = probe && now < probe.until && isWithin(probe.until, now, this.#probeMs);
    if (!this.#probing && isProbed) return probe.until + this.#spread(0);
    // A sandbox probes with one call at a time.
    return this.#probing ? now + SECOND + this.#spread(0) : undefined;
  }

  #spread(streak: number): number {
    return this.#system.random() * Math.min(FIRST_SPREAD * 2 ** Math.min(streak, 10), LONGEST_PAUSE);
  }

  /** `lost` if another worker has just written; the view then shows what. */
  async #write(
    view: PauseItem | undefined,
    { until, streak, probe }: PauseDraft,
  ): Promise<'written' | 'lost' | 'failed'> {
    const next = { ...PAUSE_KEY, v: ITEM_VERSION, until, streak, ...(probe && { probe }) };
    let swap: Swap<PauseItem>;
    try {
      swap = await trySave<PauseItem>(this.#store, next, view ? { tag: view.tag } : 'absent');
    } catch {
      return 'failed';
    }
    this.#view = Promise.resolve(swap.kind === 'written' ? swap.item : known(swap.found));
    return swap.kind;
  }
}

/** A pause, or its end, that workers must heed. A read that was answered opens the gate and keeps the streak. */
const isPaused = (view: PauseItem | undefined): view is PauseItem =>
  view !== undefined && view.streak > 0 && view.until > 0;
