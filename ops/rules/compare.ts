import type { Rehearsed, RehearsedAction } from '../../lambda/core/plan/index.ts';
import { ExactNumber } from '../../lambda/json/exact-number.ts';
import { parseExact } from '../../lambda/json/parse.ts';

/** How an action of a rule differs. Field names and values are part of `--json`. */
export interface Difference {
  event_id: string;
  change: 'added' | 'dropped' | 'changed' | 'fails' | 'fixed';
  /** What it does, or why the event would fail or did. */
  what: string;
  /** Position in the rule's list, from 0; absent for a rule that fails. */
  position?: number;
  /** Where the bodies differ, never what is there. */
  fields?: string[];
}

/** What changes by one rule. */
export interface RuleChanges {
  rule: string;
  added: number;
  dropped: number;
  changed: number;
  /** Events that would fail because of the rule, and did not. */
  fails: number;
  /** Events that failed because of the rule, and would not. */
  fixed: number;
  same: number;
  /** The first of them. */
  examples: Difference[];
}

/** Differences that are listed per rule. */
const MOST_EXAMPLES = 5;
/** Fields that are listed per difference. */
const MOST_FIELDS = 8;

/** What is counted over all events, by rule, in the order in which they are met. */
export class Tally {
  readonly #rules = new Map<string, RuleChanges>();

  /** All rules, by name. */
  get rules(): RuleChanges[] {
    return [...this.#rules.values()].sort((a, b) => (a.rule < b.rule ? -1 : 1));
  }

  /** Compares what the rules said of an event with what today's say. */
  add(event_id: string, before: readonly Rehearsed[], today: readonly Rehearsed[]): void {
    const [was, is] = [ofEvent(before), ofEvent(today)];
    for (const rule of new Set([...was, ...is].map((one) => one.rule))) {
      const changes = this.#of(rule);
      const of = (said: readonly Rehearsed[]) => said.find((one) => one.rule === rule);
      const { same, differences } = compareRule(of(was), of(is));
      changes.same += same;
      for (const difference of differences) {
        changes[difference.change] += 1;
        if (changes.examples.length < MOST_EXAMPLES) changes.examples.push({ event_id, ...difference });
      }
    }
  }

  #of(rule: string): RuleChanges {
    const found = this.#rules.get(rule) ?? {
      ...{ rule, added: 0, dropped: 0, changed: 0, fails: 0, fixed: 0, same: 0 },
      examples: [],
    };
    this.#rules.set(rule, found);
    return found;
  }
}

/**
 * What becomes of the event. Bundles of earlier releases answer for each rule alone, while one that fails ends the event;
 * the depth is only looked at when none has thrown.
 */
function ofEvent(said: readonly Rehearsed[]): readonly Rehearsed[] {
  const failed = said.filter((one) => one.kind === 'failed');
  const first = failed.find(({ reason }) => reason !== 'depth_exceeded') ?? failed[0];
  return first ? [first] : said;
}

type Found = Omit<Difference, 'event_id'>;

function compareRule(before: Rehearsed | undefined, today: Rehearsed | undefined) {
  if (before?.kind === 'failed' && today?.kind === 'failed') return { same: 1, differences: [] };
  const differences: Found[] = [];
  if (today?.kind === 'failed') differences.push({ change: 'fails', what: today.reason });
  if (before?.kind === 'failed') differences.push({ change: 'fixed', what: before.reason });
  const old = actionsOf(before);
  const fresh = actionsOf(today);
  let same = 0;
  for (let position = 0; position < Math.max(old.length, fresh.length); position += 1) {
    const difference = compareAction(old[position], fresh[position]);
    if (difference === undefined) same += 1;
    else differences.push({ ...difference, position });
  }
  return { same, differences };
}

const actionsOf = (said: Rehearsed | undefined): RehearsedAction[] =>
  said?.kind === 'planned' ? said.actions : [];

function compareAction(before?: RehearsedAction, today?: RehearsedAction): Found | undefined {
  if (before === undefined) return { change: 'added', what: today?.kind ?? '' };
  if (today === undefined) return { change: 'dropped', what: before.kind };
  if (before.kind !== today.kind)
    return { change: 'changed', what: `${today.kind} instead of ${before.kind}` };
  const fields = [
    ...fieldsBetween(parseExact(before.body), parseExact(today.body)),
    ...fieldsBetween(before.placeholders ?? [], today.placeholders ?? [], 'references'),
    ...(before.correlate === today.correlate ? [] : ['correlate']),
    ...(isElsewhere(before, today) ? ['destination'] : []),
  ];
  // Bodies that hold the same may have another order of keys, which is part of what is sent.
  if (fields.length === 0 && before.body === today.body) return undefined;
  return { change: 'changed', what: today.kind, fields: fields.slice(0, MOST_FIELDS) };
}

/** A release before this one does not say where a delivery goes. */
const isElsewhere = (before: RehearsedAction, today: RehearsedAction): boolean =>
  before.destination !== undefined && before.destination !== today.destination;

/** Paths at which two values differ, without the values: they may be private. */
function fieldsBetween(a: unknown, b: unknown, path = ''): string[] {
  if (Object.is(a, b) || (isExact(a) && isExact(b) && a.text === b.text)) return [];
  if (!isObject(a) || !isObject(b) || Array.isArray(a) !== Array.isArray(b)) return [path || 'body'];
  const names = [...new Set([...Object.keys(a), ...Object.keys(b)])];
  return names.flatMap((name) => fieldsBetween(a[name], b[name], path === '' ? name : `${path}.${name}`));
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !isExact(value);

const isExact = (value: unknown): value is ExactNumber => value instanceof ExactNumber;
