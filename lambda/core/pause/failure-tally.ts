import { HOUR, LONGEST_PAUSE } from '../model/index.ts';

/** This many different events that fail in a row are an outage of the API. One alone may be the cause, with all of its actions. */
const OUTAGE = 3;
/** The same while pauses follow one another: the API was down a moment ago. */
const OUTAGE_AGAIN = 2;
/** An event that has failed this often may itself be the cause, so the API is asked. */
const SUSPICIOUS_TRIES = 3;
/** Longer than the wait between two tries. What has failed only before that says nothing: other sandboxes do not say what is answered. */
const FORGOTTEN = 2 * HOUR;

/** For so long an answered start of one rule says that failing ones of another are not an outage. */
const EVIDENCE = 2 * LONGEST_PAUSE;

/** Whether a call only asks, or starts a run. During a partial outage one kind may be answered while the other is not. */
export type CallKind = 'read' | 'write';

/** What a failed call was for, to distinguish an outage from one request that always fails. */
export interface Subject {
  /** Of the event. */
  id: string;
  /** By which it acts; undefined while the event is only being identified. A rule starts one workflow, as a rule. */
  rule?: string;
  /** How often its action or identification has failed before, as far as that is stored. */
  tries: number;
  by: CallKind;
}

interface Failing {
  by: CallKind;
  rule: string | undefined;
  times: number;
  /** The last time, in epoch milliseconds. */
  at: number;
}

/** What has failed in this sandbox, and how often, since the API last answered a call of the kind and since the last pause. */
export class FailureTally {
  readonly #failing = new Map<string, Failing>();
  /** When a start of each rule was last answered, in epoch milliseconds. */
  readonly #answered = new Map<string, number>();

  /** @param streak Pauses in a row so far. */
  add(
    { id, tries, by, rule }: Subject,
    { streak, now }: { streak: number; now: number },
  ): { isOutage: boolean; isSuspicious: boolean } {
    this.#drop(({ at }) => now >= at + FORGOTTEN);
    const before = this.#failing.get(id);
    const times = (before?.times ?? 0) + 1;
    // A write that has failed is not answered by the reads that come before the next try.
    this.#failing.set(id, { by: before?.by === 'write' ? 'write' : by, rule, times, at: now });
    const isMany = this.#failing.size >= (streak > 0 ? OUTAGE_AGAIN : OUTAGE);
    const isOfOneRule = this.#isOfOneRule(now);
    return {
      isOutage: isMany && !isOfOneRule,
      isSuspicious: (isMany && isOfOneRule) || Math.max(tries + 1, times) >= SUSPICIOUS_TRIES,
    };
  }

  /** An answered write says that reads work as well; an answered read says nothing about writes. */
  answered(by: CallKind, { rule, now }: { rule?: string | undefined; now: number }): void {
    this.#drop((failing) => by === 'write' || failing.by === 'read');
    if (by === 'write' && rule !== undefined) this.#answered.set(rule, now);
  }

  /** Whether only one rule's calls fail, while a start of another one has been answered: its workflow may be broken, or gone. */
  #isOfOneRule(now: number): boolean {
    const [failing, ...others] = new Set([...this.#failing.values()].map(({ rule }) => rule));
    if (failing === undefined || others.length > 0) return false;
    return [...this.#answered].some(([rule, at]) => rule !== failing && now < at + EVIDENCE);
  }

  /** Calls pause: whatever was answered or failed before says nothing about the API after it. */
  clear(): void {
    this.#failing.clear();
    this.#answered.clear();
  }

  #drop(isOver: (failing: Failing) => boolean): void {
    for (const [id, failing] of this.#failing) if (isOver(failing)) this.#failing.delete(id);
  }
}
