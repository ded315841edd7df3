import type { System, Table } from '../model/index.ts';
import { ITEM_VERSION, LONGEST_PAUSE, PAUSE_KEY, type PauseItem, SECOND } from '../model/index.ts';
import { known, LostRaceError, load, save } from '../store/index.ts';

/** Failed calls in a row, seen by one sandbox, that count as an outage. */
const FAILURES_IN_A_ROW = 3;
/** First pause of a row, where the API names no time; each further one doubles. */
const FIRST_PAUSE = 30 * SECOND;
/** Spread of the waiting after the first pause of a row; doubles likewise, so that no herd comes back at once. */
const FIRST_SPREAD = 5 * SECOND;
/** Races to lose before a report is dropped: whoever won them has told as much. */
const RACES = 4;

export type Admission = { open: true } | { open: false; until: number };
export type CallReport =
  | { kind: 'answered' }
  | { kind: 'throttled'; retryAfterMs?: number | undefined }
  | { kind: 'failed' };

type PauseDraft = Pick<PauseItem, 'until' | 'streak' | 'probe'>;

/**
 * Stops calls to Cyberdesk while it is throttling or down, for all workers at once: without it every waiting
 * event would burn its own tries on the same outage. One gate lives as long as its sandbox; `begin` starts an
 * invocation, which reads the shared item once.
 */
export class PauseGate {
  readonly #table: Table;
  readonly #system: System;
  readonly #probeMs: number;
  #failures = 0;
  #view: Promise<PauseItem | undefined> | undefined;
  #probing = false;

  /** @param probeMs How long one worker may probe before another may, in milliseconds. */
  constructor(table: Table, system: System, probeMs: number) {
    this.#table = table;
    this.#system = system;
    this.#probeMs = probeMs;
  }

  begin(): void {
    this.#view = undefined;
    this.#probing = false;
  }

  /** Is it known, without asking for admission, that calls must wait? For deciding before anything is written. */
  async waiting(): Promise<number | undefined> {
    return this.#closedUntil(await this.#read());
  }

  /** Asks to make a call. Once a pause is over, one worker probes first and the others wait for its news. */
  async enter(): Promise<Admission> {
    const view = await this.#read();
    if (!view || view.streak === 0) return { open: true };
    const closed = this.#closedUntil(view);
    if (closed !== undefined) return { open: false, until: closed };
    const now = this.#system.now();
    const probe = { token: this.#system.token(), until: now + this.#probeMs };
    this.#probing = await this.#write(view, { ...view, probe });
    if (this.#probing) return { open: true };
    const news = await this.#read();
    return { open: false, until: this.#closedUntil(news) ?? now + SECOND };
  }

  /** Tells how an admitted call went. Returns true when it began or prolonged a pause. */
  async report(report: CallReport): Promise<boolean> {
    const wasProbe = this.#probing;
    this.#probing = false;
    if (report.kind === 'answered') {
      this.#failures = 0;
      const view = await this.#read();
      // An answer to a call that began before the pause says nothing about its end.
      if (view && view.streak > 0 && this.#system.now() >= view.until) {
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
    // Several workers that met the same pause are one step in its row, not several.
    const isOn = view !== undefined && now < view.until;
    return { until: Math.max(view?.until ?? 0, now + length), streak: isOn ? streak : streak + 1 };
  }

  #read(): Promise<PauseItem | undefined> {
    this.#view ??= load<PauseItem>(this.#table, PAUSE_KEY);
    return this.#view;
  }

  /** Until when calls must wait: for the pause, or for who probes after it. */
  #closedUntil(view: PauseItem | undefined): number | undefined {
    if (!view || view.streak === 0) return undefined;
    const now = this.#system.now();
    if (now < view.until) return view.until + this.#spread(view.streak);
    // Somebody is probing. He tells within his time; a herd that asked every second would only use up receives.
    if (!this.#probing && view.probe && now < view.probe.until) return view.probe.until + this.#spread(0);
    // A sandbox probes with one call at a time.
    return this.#probing ? now + SECOND + this.#spread(0) : undefined;
  }

  #spread(streak: number): number {
    return this.#system.random() * Math.min(FIRST_SPREAD * 2 ** Math.min(streak, 10), LONGEST_PAUSE);
  }

  /** False when another worker has just written; the view then shows what. */
  async #write(view: PauseItem | undefined, { until, streak, probe }: PauseDraft): Promise<boolean> {
    const next = { ...PAUSE_KEY, v: ITEM_VERSION, until, streak, ...(probe && { probe }) };
    try {
      const expected = view ? { tag: view.tag } : 'absent';
      const written = await save<PauseItem>(this.#table, next, expected, this.#system.token());
      this.#view = Promise.resolve(written);
      return true;
    } catch (error) {
      if (!(error instanceof LostRaceError)) throw error;
      this.#view = Promise.resolve(known<PauseItem>(error.found));
      return false;
    }
  }
}
