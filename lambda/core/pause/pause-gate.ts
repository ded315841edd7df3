import {
  ITEM_VERSION,
  LONGEST_PAUSE,
  PAUSE_KEY,
  type PauseItem,
  SECOND,
  type System,
  type Table,
} from '../model/index.ts';
import { known, LostRaceError, loadPause, type Store, save } from '../store/index.ts';
import { isWithin, pauseEnd } from './pause-end.ts';

/** This many failed calls in a row in one sandbox count as an outage. */
const FAILURES_IN_A_ROW = 3;
/** The first pause in a row if the API names no time; each further pause doubles it. */
const FIRST_PAUSE = 30 * SECOND;
/** Random spread after the first pause in a row; doubles as well, so that workers do not return as a herd. */
const FIRST_SPREAD = 5 * SECOND;
/** Lost races before a report is dropped: the workers that won them have reported the same. */
const RACES = 4;

export type Admission = { kind: 'open' } | { kind: 'closed'; until: number };
export type CallReport =
  | { kind: 'answered' }
  | { kind: 'throttled'; retryAfterMs?: number | undefined }
  | { kind: 'failed' };

type PauseDraft = Pick<PauseItem, 'until' | 'streak' | 'probe'>;

/**
 * Stops the calls of all workers to Cyberdesk while it is throttling or down; otherwise every waiting event would
 * use up its own tries on the same outage. A gate lives as long as its sandbox; `begin` starts an invocation, which
 * reads the shared item once.
 */
export class PauseGate {
  readonly #store: Store;
  readonly #system: System;
  readonly #probeMs: number;
  #failures = 0;
  #view: Promise<PauseItem | undefined> | undefined;
  #probing = false;

  /** @param probeMs How long one worker may probe before the next one may, in milliseconds. */
  constructor(table: Table, system: System, probeMs: number) {
    this.#store = { table, system };
    this.#system = system;
    this.#probeMs = probeMs;
  }

  begin(): void {
    this.#view = undefined;
    this.#probing = false;
  }

  /** Until when calls must wait, as far as is known without asking for admission; to decide before any write. */
  async waiting(): Promise<number | undefined> {
    return this.#closedUntil(await this.#read());
  }

  /** Asks to make a call. Once a pause is over, one worker probes first and the others wait for its report. */
  async enter(): Promise<Admission> {
    const view = await this.#read();
    if (!view || view.streak === 0) return { kind: 'open' };
    const closed = this.#closedUntil(view);
    if (closed !== undefined) return { kind: 'closed', until: closed };
    const now = this.#system.now();
    const probe = { token: this.#system.token(), until: now + this.#probeMs };
    this.#probing = await this.#write(view, { ...view, probe });
    if (this.#probing) return { kind: 'open' };
    const news = await this.#read();
    return { kind: 'closed', until: this.#closedUntil(news) ?? now + SECOND };
  }

  /** Reports how an admitted call went. Returns true if that began or prolonged a pause. */
  async report(report: CallReport): Promise<boolean> {
    const wasProbe = this.#probing;
    this.#probing = false;
    if (report.kind === 'answered') {
      this.#failures = 0;
      const view = await this.#read();
      // An answer to a call that began before the pause says nothing about its end.
      const now = this.#system.now();
      if (view && view.streak > 0 && now >= pauseEnd(view, now)) {
        await this.#write(view, { until: 0, streak: 0 });
      }
      return false;
    }
    this.#failures += 1;
    if (report.kind === 'failed' && !wasProbe && this.#failures < FAILURES_IN_A_ROW) return false;
    const asked = report.kind === 'throttled' ? report.retryAfterMs : undefined;
    for (let races = 0; races < RACES; races += 1) {
      const view = await this.#read();
      if (await this.#write(view, this.#prolonged(view, asked))) return true;
    }
    return false;
  }

  #prolonged(view: PauseItem | undefined, asked: number | undefined): PauseDraft {
    const now = this.#system.now();
    const streak = view?.streak ?? 0;
    const length = Math.min(asked ?? FIRST_PAUSE * 2 ** Math.min(streak, 10), LONGEST_PAUSE);
    // Several workers that ran into the same outage lengthen the streak by one, not by one each.
    const end = pauseEnd(view, now);
    const isOn = now < end;
    return { until: Math.max(end, now + length), streak: isOn ? streak : streak + 1 };
  }

  #read(): Promise<PauseItem | undefined> {
    this.#view ??= loadPause(this.#store.table);
    return this.#view;
  }

  /** Until when calls must wait: for the pause, or for the worker that probes after it. */
  #closedUntil(view: PauseItem | undefined): number | undefined {
    if (!view || view.streak === 0) return undefined;
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

  /** False if another worker has just written; the view then shows what. */
  async #write(view: PauseItem | undefined, { until, streak, probe }: PauseDraft): Promise<boolean> {
    const next = { ...PAUSE_KEY, v: ITEM_VERSION, until, streak, ...(probe && { probe }) };
    try {
      const expected = view ? { tag: view.tag } : 'absent';
      const written = await save<PauseItem>(this.#store, next, expected);
      this.#view = Promise.resolve(written);
      return true;
    } catch (error) {
      if (!(error instanceof LostRaceError)) throw error;
      this.#view = Promise.resolve(known(error.found as PauseItem | undefined));
      return false;
    }
  }
}
