import { randomUUID } from 'node:crypto';
import { dynamoDbTable } from '../../lambda/adapters/dynamodb-table.ts';
import { nodeSystem } from '../../lambda/adapters/system.ts';
import type { Item } from '../../lambda/core/model/index.ts';
import { type Draft, save } from '../../lambda/core/store/index.ts';
import { type AuditedStage, Trail } from '../stage/audited-stage.ts';
import { callerOf } from '../stage/caller.ts';
import { toOperatorError } from '../stage/explain.ts';
import type { Stage } from '../stage/stage.ts';
import { AuditRefusedError } from './errors.ts';
import {
  type Act,
  type IntentItem,
  intentItem,
  type MarkItem,
  markItem,
  type OutcomeItem,
  outcomeItem,
  written,
} from './record.ts';

export interface Audit<T> extends Act {
  /** What came of it, in counts and codes. */
  result?: (result: T) => string;
  /** What it leaves behind if it fails, in ids; undefined if nothing. */
  leftBehind?: () => string | undefined;
  /** Called when the outcome could not be recorded: what was done stays done. */
  warn: (text: string) => void;
}

/**
 * Does what changes a stage or shows a payload, with the intent on record before and the outcome after.
 *
 * @throws AuditRefusedError if the intent cannot be recorded; then nothing is done
 */
export async function audited<T>(
  stage: Stage,
  audit: Audit<T>,
  work: (stage: AuditedStage) => Promise<T>,
): Promise<T> {
  const act = randomUUID();
  const trail = await begin(stage, act, audit);
  const end = async (outcome: 'done' | 'failed', result: string | undefined) => {
    try {
      await put<OutcomeItem>(stage, outcomeItem(written(act, nodeSystem.now(), stage), outcome, result));
    } catch (error) {
      audit.warn(`the outcome could not be recorded for the audit: ${toOperatorError(error).problem}`);
    }
  };
  try {
    const result = await work({ ...stage, trail });
    await end('done', audit.result?.(result));
    return result;
  } catch (error) {
    const left = audit.leftBehind?.();
    await end('failed', [toOperatorError(error).name, ...(left === undefined ? [] : [left])].join(': '));
    throw error;
  }
}

/** Puts the intent on record. @throws AuditRefusedError */
async function begin(stage: Stage, act: string, about: Act): Promise<Trail> {
  const caller = await callerOf(stage);
  const at = () => written(act, nodeSystem.now(), stage);
  await orRefuse(put<IntentItem>(stage, intentItem(at(), caller, about)));
  return new Trail(caller, (eventId) => orRefuse(put<MarkItem>(stage, markItem(at(), eventId))));
}

/** Puts only: the record needs no permission to read, to change or to delete. */
async function put<T extends Item>({ clients, outputs }: Stage, item: Draft<T>): Promise<void> {
  const table = dynamoDbTable(clients.dynamoDb, outputs.tableName);
  await save<T>({ table, system: nodeSystem }, item, 'absent');
}

const orRefuse = (writing: Promise<void>): Promise<void> =>
  writing.catch((error: unknown) => {
    throw new AuditRefusedError(error);
  });
