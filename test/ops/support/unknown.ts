import { nodeSystem } from '../../../lambda/adapters/system.ts';
import { completionKeyOf } from '../../../lambda/core/model/index.ts';
import { loadCompletion, loadEvent, update } from '../../../lambda/core/store/index.ts';
import type { AuditedStage } from '../../../ops/stage/audited-stage.ts';
import { tableOf } from '../../../ops/stage/table.ts';

/**
 * Makes the refused actions of a failed event ones with an unknown outcome: the real way there takes two minutes, in
 * which the list of runs becomes complete.
 *
 * @param body Request body of those actions.
 */
export async function makeUnknown(stage: AuditedStage, eventId: string, body: object): Promise<void> {
  const store = { table: tableOf(stage), system: nodeSystem };
  const event = await loadEvent(store.table, eventId);
  const key = event && completionKeyOf(event);
  if (!key) throw new Error('the event should have failed');
  const at = Date.now() - 120_000;
  const failure = { reason: 'outcome_unknown', status: 409 } as const;
  await update(store, await loadCompletion(store.table, key), (found) =>
    found?.actions === undefined
      ? undefined
      : {
          ...found,
          actions: found.actions.map((action) =>
            action.failure
              ? { ...action, body: JSON.stringify(body), begun: { first: at, last: at }, failure }
              : action,
          ),
        },
  );
  await update(store, event, (found) => found && { ...found, reason: failure.reason });
}
