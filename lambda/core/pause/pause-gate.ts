import { type PauseCause, type PauseItem, SANDBOX_SKEW, SECOND, type System } from '../model/index.ts';
import { ApiCheck, BORROWED_TIME, type Health, type Invocation } from './api-check.ts';
import type { Admission, CallReport, Effect } from './call-report.ts';
import { type CallKind, FailureTally } from './failure-tally.ts';
import {
  closedUntil,
  FIRST_PAUSE,
  heldUntil,
  isPaused,
  pauseEnd,
  prolonged,
  SHORTEST_PAUSE,
  streakOf,
} from './pause-times.ts';
import { SharedPause } from './shared-pause.ts';

/** Lost races before a report is dropped: the workers that won them have reported the same. */
const RACES = 4;

const NO_EFFECT: Effect = { paused: false, keyRefused: false };

/**
 * Stops the calls of all workers to Cyberdesk while it is throttling or down; otherwise every waiting event would use
 * up its own tries on the same outage. A gate lives as long as its sandbox; `begin` starts an invocation.
 */
export class PauseGate {
  #invocation: SharedPause | undefined;
  readonly #system: System;
  readonly #probeMs: number;
  readonly #failures = new FailureTally();
  #check: ApiCheck | undefined;
  #probing = false;
  /** When the invocation has made its last call, in epoch milliseconds. */
  #ends = 0;

  /** @param probeMs How long one worker may probe at most before the next one may, in milliseconds. */
  constructor(system: System, probeMs: number) {
    this.#system = system;
    this.#probeMs = probeMs;
  }

  begin(invocation: Invocation): void {
    this.#invocation = new SharedPause({ table: invocation.table, system: this.#system });
    this.#check = new ApiCheck(invocation, this.#system);
    this.#ends = invocation.deadline + BORROWED_TIME;
    this.#probing = false;
  }

  /** Read once per invocation, with calls that end with it. */
  get #shared(): SharedPause {
    if (this.#invocation === undefined) throw new TypeError('a gate needs an invocation to begin');
    return this.#invocation;
  }

  /** Until when calls have to wait, without asking for admission. For decisions that come before any write. */
  async waiting(): Promise<number | undefined> {
    return this.#heed(await this.#shared.read());
  }

  /** Events received before this have had to wait for the end of a pause, in epoch milliseconds; 0 for none. */
  async heldUntil(): Promise<number> {
    return heldUntil(await this.#shared.read(), this.#system.now());
  }

  /** Asks to make a call. Once a pause is over, one worker probes first and the others wait for its report. */
  async enter(): Promise<Admission> {
    const view = await this.#shared.read();
    if (!isPaused(view)) return { kind: 'open' };
    const closed = this.#heed(view);
    if (closed !== undefined) return { kind: 'closed', until: closed };
    const now = this.#system.now();
    const until = Math.min(now + this.#probeMs, this.#ends + SANDBOX_SKEW);
    const probe = { token: this.#system.token(), until };
    if ((await this.#shared.write(view, { ...view, probe })) !== 'lost') {
      this.#probing = true;
      return { kind: 'open', probe: probe.token };
    }
    // Another call of this sandbox may be the one that has won: it is probing still.
    return { kind: 'closed', until: (await this.waiting()) ?? now + SECOND };
  }

  /**
   * What was admitted has ended. Where it has come to no call, as if a secret cannot be read, it has nothing to report,
   * and the next one probes at once.
   */
  async leave(admission: Admission & { kind: 'open' }): Promise<void> {
    if (admission.probe === undefined) return;
    const view = await this.#shared.read();
    if (view?.probe?.token !== admission.probe) return;
    this.#probing = false;
    const { probe: _unused, ...rest } = view;
    await this.#shared.write(view, rest);
  }

  /** Reports how an admitted call went. */
  async report(report: CallReport): Promise<Effect> {
    const wasProbe = this.#probing;
    this.#probing = false;
    switch (report.kind) {
      case 'answered':
        await this.#open(report.by, report.rule);
        return NO_EFFECT;
      case 'throttled': {
        const floor = report.retryAfterMs === undefined ? FIRST_PAUSE : SHORTEST_PAUSE;
        return this.#pause(
          { kind: 'throttled', status: 429 },
          { by: report.by, floor, asked: report.retryAfterMs },
        );
      }
      case 'key_not_set':
        return this.#pause({ kind: 'key_not_set' });
      case 'denied':
        return this.#denied(report, wasProbe);
      case 'failed':
        return this.#failed(report, wasProbe);
    }
  }

  /** Only an answered write ends the streak: during a partial outage reads may work while writes do not. */
  async #open(by: CallKind, rule?: string): Promise<void> {
    const now = this.#system.now();
    this.#failures.answered(by, { rule, now });
    const view = await this.#shared.read();
    // The response to a call that began before the pause says nothing about its end.
    if (!view || now < pauseEnd(view, now)) return;
    const streak = by === 'write' ? 0 : streakOf(view, now);
    if (view.until === 0 && view.streak === streak) return;
    const { since, unanswered, ended } = view;
    await this.#shared.write(view, {
      until: 0,
      streak,
      ...(streak > 0 && since !== undefined && { since }),
      ...(streak > 0 && unanswered !== undefined && { unanswered }),
      ...(view.until !== 0 ? { ended: now } : ended !== undefined && { ended }),
    });
  }

  async #denied(report: CallReport & { kind: 'denied' }, wasProbe: boolean): Promise<Effect> {
    const health = await this.#ask();
    if (health.kind === 'answered') return NO_EFFECT;
    if (health.kind === 'denied') {
      const { status } = health;
      return { ...(await this.#pause({ kind: 'key_refused', status })), keyRefused: true };
    }
    return this.#failed({ ...report, kind: 'failed' }, wasProbe);
  }

  async #failed({ subject, status }: CallReport & { kind: 'failed' }, wasProbe: boolean): Promise<Effect> {
    const cause: PauseCause = { kind: 'failed', ...(status !== undefined && { status }) };
    const now = this.#system.now();
    const row = { streak: streakOf(await this.#shared.read(), now), now };
    const { isOutage, isSuspicious } = this.#failures.add(subject, row);
    if (isOutage) return this.#pause(cause, subject);
    if (!wasProbe && !isSuspicious) return NO_EFFECT;
    if ((await this.#ask()).kind !== 'answered') return this.#pause(cause, subject);
    // The read opens the gate. But the probe has failed, and one more event that fails prolongs the pause.
    if (wasProbe) this.#failures.add(subject, row);
    return NO_EFFECT;
  }

  async #ask(): Promise<Health> {
    const health: Health = (await this.#check?.health()) ?? { kind: 'failed' };
    if (health.kind === 'answered') await this.#open('read');
    return health;
  }

  /**
   * @param by What was not answered, if the API is to blame.
   * @param floor Length of the first pause in a row, in milliseconds.
   */
  async #pause(
    cause: PauseCause,
    {
      by,
      floor = FIRST_PAUSE,
      asked = 0,
    }: { by?: CallKind; floor?: number; asked?: number | undefined } = {},
  ): Promise<Effect> {
    this.#failures.clear();
    for (let races = 0; races < RACES; races += 1) {
      const view = await this.#shared.read();
      const next = { cause, ...prolonged(view, { now: this.#system.now(), by, floor, asked }) };
      const written = await this.#shared.write(view, next);
      if (written !== 'lost') return { paused: written === 'written', keyRefused: false };
    }
    return NO_EFFECT;
  }

  /** Until when calls must wait. What failed before a pause says nothing about the API after it. */
  #heed(view: PauseItem | undefined): number | undefined {
    if (isPaused(view)) this.#failures.clear();
    return closedUntil(view, {
      now: this.#system.now(),
      random: () => this.#system.random(),
      isProbing: this.#probing,
      probeMs: this.#probeMs,
    });
  }
}
