import { ITEM_VERSION, PAUSE_KEY, type PauseItem } from './items.ts';
import type { Chance, Table } from './ports.ts';
import { LostRaceError, save } from './save.ts';
import { LONGEST_PAUSE, SECOND } from './timing.ts';

/** Failed calls in a row, seen by one sandbox, that count as an outage. */
const FAILURES_IN_A_ROW = 3;
/** First pause of a row, where the API names no time; each further one doubles. */
const FIRST_PAUSE = 30 * SECOND;
/** Spread of the waiting after the first pause of a row; doubles likewise, so that no herd comes back at once. */
const FIRST_SPREAD = 5 * SECOND;

export type Admission = { open: true } | { open: false; until: number };
export type CallReport =
  | { kind: 'answered' }
  | { kind: 'throttled'; retryAfterMs?: number | undefined }
  | { kind: 'failed' };

/**
 * Stops calls to Cyberdesk while it is throttling or down, for all workers at once: without it every waiting
 * event would burn its own tries on the same outage. One gate lives as long as its sandbox; `begin` starts an
 * invocation, which reads the shared item once.
 */
export class PauseGate {
  readonly #table: Table;
  readonly #chance: Chance;
  readonly #probeMs: number;
  #failures = 0;
  #view: Promise<PauseItem | undefined> | undefined;
  #probing = false;

  /** @param probeMs How long one worker may probe before another may, in milliseconds. */
  constructor(table: Table, chance: Chance, probeMs: number) {
    this.#table = table;
    this.#chance = chance;
    this.#probeMs = probeMs;
  }

  begin(): void {
    this.#view = undefined;
    this.#probing = false;
  }

  /** Is it known, without asking for admission, that calls must wait? For deciding before anything is written. */
  async waiting(): Promise<number | undefined> {
    const view = await this.#read();
    const now = this.#chance.now();
    return view && now < view.until ? this.#spread(view) : undefined;
  }

  /** Asks to make a call. Once a pause is over, one worker probes first and the others wait for its news. */
  async enter(): Promise<Admission> {
    const view = await this.#read();
    const now = this.#chance.now();
    if (!view || view.streak === 0) return { open: true };
    if (now < view.until) return { open: false, until: this.#spread(view) };
    const probeIsOut = this.#probing || (view.probe !== undefined && now < view.probe.until);
    if (probeIsOut) return { open: false, until: now + this.#chance.random() * FIRST_SPREAD + SECOND };
    const token = this.#chance.token();
    const won = await this.#write(view, { ...view, probe: { token, until: now + this.#probeMs } }, token);
    this.#probing = won;
    return won ? { open: true } : { open: false, until: now + this.#chance.random() * FIRST_SPREAD + SECOND };
  }

  /** Tells how an admitted call went. Returns true when it began or prolonged a pause. */
  async report(report: CallReport): Promise<boolean> {
    const view = await this.#read();
    const wasProbe = this.#probing;
    this.#probing = false;
    if (report.kind === 'answered') {
      this.#failures = 0;
      if (view && view.streak > 0)
        await this.#write(view, { ...view, until: 0, streak: 0, probe: undefined });
      return false;
    }
    this.#failures += 1;
    if (report.kind === 'failed' && !wasProbe && this.#failures < FAILURES_IN_A_ROW) return false;
    const streak = view?.streak ?? 0;
    const asked = report.kind === 'throttled' ? report.retryAfterMs : undefined;
    const length = Math.min(asked ?? FIRST_PAUSE * 2 ** Math.min(streak, 10), LONGEST_PAUSE);
    const until = Math.max(view?.until ?? 0, this.#chance.now() + length);
    await this.#write(view, { until, streak: streak + 1, probe: undefined });
    return true;
  }

  #read(): Promise<PauseItem | undefined> {
    this.#view ??= this.#table.get(PAUSE_KEY) as Promise<PauseItem | undefined>;
    return this.#view;
  }

  #spread({ until, streak }: PauseItem): number {
    const spread = Math.min(FIRST_SPREAD * 2 ** Math.min(streak, 10), LONGEST_PAUSE);
    return until + this.#chance.random() * spread;
  }

  async #write(
    view: PauseItem | undefined,
    { until, streak, probe }: Pick<PauseItem, 'until' | 'streak'> & { probe?: PauseItem['probe'] },
    token = this.#chance.token(),
  ): Promise<boolean> {
    const next = { ...PAUSE_KEY, v: ITEM_VERSION, until, streak, ...(probe && { probe }) };
    try {
      const written = await save<PauseItem>(this.#table, next, view ? { tag: view.tag } : 'absent', token);
      this.#view = Promise.resolve(written);
      return true;
    } catch (error) {
      // Another worker has just said what it saw; its word is as good as ours.
      if (!(error instanceof LostRaceError)) throw error;
      this.#view = Promise.resolve(error.found as PauseItem | undefined);
      return false;
    }
  }
}
