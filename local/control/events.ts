import {
  type ActionRecord,
  type CompletionItem,
  type EventItem,
  shownCompletionKeyOf,
} from '../../lambda/core/model/index.ts';
import { readBody } from '../../lambda/core/store/index.ts';
import { actionState } from '../../ops/events/action-state.ts';
import { listEventItems } from '../../ops/events/list.ts';
import { readEvent } from '../../ops/events/store.ts';
import { localStage } from '../../ops/stage/local.ts';
import type { Stage } from '../../ops/stage/stage.ts';
import { readItem, readsOf } from '../../ops/stage/table.ts';
import type { LocalRun } from '../running.ts';
import { describeStack } from './stack-state.ts';

/** The stored body. Test data, so nothing goes on record. @throws UnknownEventError */
export const readPayload = async (stage: Stage, id: string): Promise<Uint8Array> =>
  readBody(readsOf(stage), await readEvent(stage, id));

/** The newest events, newest first, as `GET /_local/events` shows them. */
export async function listShownEvents(stage: Stage, limit: number): Promise<Partial<EventItem>[]> {
  const shown: Partial<EventItem>[] = [];
  for await (const event of listEventItems(stage)) {
    if (shown.length === limit) break;
    const { round: _round, merged_without_end: _merged, resent_at: _resent, ...others } = event;
    const { completion: _completion, body_sha256: _hash, ...fields } = others;
    shown.push(fields);
  }
  return shown;
}

/**
 * An event with the state of its actions, as `GET /_local/events/<id>` shows it. A duplicate shows the actions of the
 * event that owns its completion.
 * @throws UnknownEventError
 */
export async function showEvent(stage: Stage, id: string): Promise<object> {
  const event = await readEvent(stage, id);
  const completion = await readCompletion(stage, event);
  const { body: _body, pk: _pk, sk: _sk, tag: _tag, ...facts } = event;
  return {
    ...facts,
    depth: completion?.depth ?? null,
    retries: completion?.retries ?? null,
    owner: completion?.owner ?? null,
    crashes: completion?.crashes ?? 0,
    not_before: completion?.not_before ?? null,
    actions: (completion?.actions ?? []).map(showAction),
  };
}

async function readCompletion(stage: Stage, event: EventItem): Promise<CompletionItem | undefined> {
  const key = shownCompletionKeyOf(event);
  return key && readItem<CompletionItem>(stage, key);
}

function showAction(action: ActionRecord): object {
  const { not_before: _wait, ...withoutWait } = action;
  const { rule, position, kind, key, tries, result, failure } = action;
  return {
    rule,
    position,
    kind,
    // These documents do not say that an action waits: it is as planned or begun as it was.
    state: actionState(withoutWait),
    run_ids: result?.run_ids ?? [],
    adopted: result?.adopted ?? false,
    key,
    tries,
    failure: failure ?? null,
  };
}

/** The run as a stage for the functions of `ops/`. Looking at it leaves no trace in what is observed. */
export const observedStage = (run: LocalRun): Stage =>
  localStage(run.url, { ...describeStack(run), credentials: run.observer });
