import {
  type ActionRecord,
  type Begun,
  CLOCK_SKEW,
  EFFECT_WITHIN,
  endOf,
  keyNamed,
  type LineageItem,
  MINUTE,
} from '../../lambda/core/model/index.ts';
import { parseTime } from '../../lambda/cyberdesk/time.ts';
import { canonicalJson } from '../../lambda/json/write.ts';
import type { ChainBody, RunBody } from '../../lambda/rules/index.ts';
import type { CyberdeskModel, ModelRun } from './model/cyberdesk.ts';
import type { TableModel } from './model/table.ts';

/** A worker may be frozen for so long between a lookup and what it makes of it. */
const FREEZE = 15 * MINUTE;

/**
 * Runs that were taken for those of an action which did not start them. It may happen to equal ones only, after a
 * lookup that could show no other, and never where a run holds the key of its action.
 */
export class Adoptions {
  /** Equal runs of two of our actions that were taken for each other. */
  swaps = 0;
  /** Equal runs of others that were taken for ours: the first known gap. */
  foreign = 0;
  readonly #api: CyberdeskModel;
  readonly #table: TableModel;
  readonly #now: () => number;

  constructor(api: CyberdeskModel, table: TableModel, now: () => number) {
    this.#api = api;
    this.#table = table;
    this.#now = now;
  }

  /** Describes what is wrong with a run that now belongs to an action, if anything. */
  onTaken(lineage: LineageItem, isCorrelated: boolean): string | undefined {
    const { pk, action, adopted } = lineage;
    const run = this.#api.runs.get(pk.slice('run#'.length));
    if (!run || run.key === action) return undefined;
    if (!adopted) return `${run.id} was taken by an action that did not start it`;
    if (isCorrelated) return `${run.id} was taken by an action whose key it does not hold`;
    if (isTooEarly(run, lineage))
      return `${run.id} was taken for the follow-up of a run that had not ended when it was created`;
    const taker = this.#takerOf(lineage);
    const { kind, body } = taker ?? {};
    const begun = taker?.begun ?? lostTime(taker, lineage);
    if (!begun) return `${run.id} was taken by an action that had not begun to start one`;
    // A large body is stored in pieces.
    if (body !== undefined && !asksFor(kind, JSON.parse(body), run))
      return `${run.id} was taken by an action that had asked for another one`;
    const open = this.#api.equalRuns(run).filter((other) => this.#mayBeMeant(other, run, begun));
    if (open.length > 1) return `${run.id} was taken by guess from ${open.length} equal runs`;
    if (run.key === undefined) this.foreign += 1;
    else this.swaps += 1;
    return undefined;
  }

  /** The action that takes a run. */
  #takerOf({ action, parent }: LineageItem): ActionRecord | undefined {
    const completion = parent === undefined ? undefined : this.#table.completion(keyNamed(parent));
    return completion?.actions?.find(({ key }) => key === action);
  }

  #mayBeMeant(other: ModelRun, run: ModelRun, { first, last }: Begun): boolean {
    if (other === run) return true;
    if (this.#table.lineage(other.id)?.action !== undefined || other.isDeleted) return false;
    // Another step of the same chain.
    if (other.key !== undefined && other.key === run.key) return false;
    // Others may have started theirs since the lookup.
    if (other.key === undefined && other.createdAt > this.#now() - FREEZE) return false;
    // Whatever clock the API claims to have, these are the runs that a lookup has to take into account.
    const createdAt = parseTime(other.created_at) ?? 0;
    return createdAt >= first - CLOCK_SKEW && createdAt <= last + EFFECT_WITHIN + CLOCK_SKEW;
  }
}

/** When an action may have begun that was planned afresh after a restore: between the end of its run and the restore. */
function lostTime(taker: ActionRecord | undefined, { parent }: LineageItem): Begun | undefined {
  if (taker?.fence === undefined || parent === undefined) return undefined;
  return { first: endOf(keyNamed(parent).sk) ?? 0, last: taker.fence };
}

/** By Cyberdesk's clock alone, which shows both times. */
function isTooEarly(run: ModelRun, { parent }: LineageItem): boolean {
  const end = parent === undefined ? undefined : endOf(keyNamed(parent).sk);
  const created = parseTime(run.created_at);
  return end !== undefined && created !== undefined && created < end - CLOCK_SKEW;
}

/** Whether a run is one of those that an action asks for, by its workflow and its inputs. */
function asksFor(kind: unknown, body: RunBody & ChainBody, run: ModelRun): boolean {
  const runs =
    kind === 'startChain'
      ? body.steps.map(({ workflow_id, inputs }) => [workflow_id, { ...body.shared_inputs, ...inputs }])
      : [[body.workflow_id, body.input_values ?? {}]];
  return runs.some(
    (each) => canonicalJson(each) === canonicalJson([run.workflow_id, run.input_values ?? {}]),
  );
}
