import { nodeSystem } from '../../lambda/adapters/system.ts';
import { ITEM_VERSION, type Item, type Key } from '../../lambda/core/model/index.ts';
import { update } from '../../lambda/core/store/index.ts';
import type { AuditedStage } from '../stage/audited-stage.ts';
import type { Stage } from '../stage/stage.ts';
import { readItem, tableOf } from '../stage/table.ts';

/** One assumption about Cyberdesk's API, and what a trial showed. Field names are part of `--json`. */
export interface Finding {
  /** Short, stable name of the assumption. */
  check: string;
  /**
   * - `holds`: it was observed to.
   * - `weak`: nothing starts twice, but after a lost response a person may have to decide.
   * - `broken`: a follow-up may start twice.
   * - `not_tried`: it could not be.
   */
  state: 'holds' | 'weak' | 'broken' | 'not_tried';
  text: string;
  /** What to do; set on what is weak or broken. */
  next?: string;
}

/** The result of a trial. Field names are part of `--json`. */
export interface Trial {
  /** ISO 8601. */
  at: string;
  workflow_id: string;
  /** Age in seconds at which the idempotency key was last seen to be known; 0 if it is not honoured at all. */
  key_seconds: number;
  results: Finding[];
}

/** Where a stage keeps the result of its last trial. Only this command reads it and writes it. */
const KEY: Key = { pk: 'control#verify-api', sk: 'verify-api' };

interface TrialItem extends Item, Trial {}

/** Keeps a result for `doctor`, in place of the one before. */
export async function keepTrial(stage: AuditedStage, { at, workflow_id, key_seconds, results }: Trial) {
  const item = { ...KEY, v: ITEM_VERSION, at, workflow_id, key_seconds, results };
  await update<TrialItem>({ table: tableOf(stage), system: nodeSystem }, undefined, () => item);
}

export const readTrial = (stage: Stage): Promise<Trial | undefined> => readItem<TrialItem>(stage, KEY);
