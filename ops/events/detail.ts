import {
  type ActionRecord,
  type CompletionItem,
  type EventItem,
  type Item,
  keyNamed,
  type LastFailure,
  type LineageItem,
  lineageBeside,
  runOf,
  shownCompletionKeyOf,
  unidentifiedOf,
} from '../../lambda/core/model/index.ts';
import { readBody } from '../../lambda/core/store/index.ts';
import { type AuditEntry, auditOf } from '../audit/read.ts';
import { isoTime } from '../cli/time.ts';
import type { AuditedStage } from '../stage/audited-stage.ts';
import type { Stage } from '../stage/stage.ts';
import { readItem, readPause, readsOf } from '../stage/table.ts';
import { actionState } from './action-state.ts';
import { adviceFor } from './reasons.ts';
import { isCompletion, readCompletions, readRunItems } from './run-items.ts';
import { readEvent } from './store.ts';
import { type ActionView, type EventDetail, type ShownFailure, summarize } from './summary.ts';
import { timeline } from './timeline.ts';

const isoOf = (at: number | undefined) => (at === undefined ? undefined : isoTime(at));

/** @throws UnknownEventError */
export async function describeEvent(stage: Stage, eventId: string): Promise<EventDetail> {
  const event = await readEvent(stage, eventId);
  const { completion, lineage } = await readRun(stage, event);
  // A completion of another event says nothing about what this one has done.
  const own = completion?.owner === event.event_id ? completion : undefined;
  const [actions, startedBy, pause, acts] = await Promise.all([
    Promise.all((own?.actions ?? []).map((action) => viewOf(stage, action))),
    starterOf(stage, lineage),
    readPause(stage),
    latestActs(stage, event.event_id),
  ]);
  const endedAt = isoOf(event.ended_at);
  const identification = identificationOf(event);
  return {
    ...summarize(event),
    ...(isBeingProcessed(event, own) && { progress: 'processing' }),
    svix_id: event.svix_id,
    ...(endedAt && { ended_at: endedAt }),
    ...(event.resent_at !== undefined && { resent_at: event.resent_at }),
    ...(identification && { identification }),
    body_bytes: event.body_bytes,
    body_sha256: event.body_sha256,
    depth: own?.depth ?? lineage?.depth ?? 0,
    retries: own?.retries ?? 0,
    crashes: own?.crashes ?? 0,
    ...(own?.idle && { idle_rules: own.idle }),
    ...(own?.failure?.thrown && { thrown: own.failure.thrown }),
    actions,
    ...(startedBy && { started_by: startedBy }),
    timeline: timeline({ event, completion, actions, startedBy, pause, acts }).map((entry) => ({
      ...entry,
      text: adviceFor(stage, entry.text),
    })),
  };
}

/** A timeline shows at most so many acts of people; `audit list` shows all. */
const MOST_ACTS = 20;

/** Oldest first. */
async function latestActs(stage: Stage, eventId: string): Promise<AuditEntry[]> {
  const acts: AuditEntry[] = [];
  for await (const act of auditOf(stage, eventId)) if (acts.push(act) === MOST_ACTS) break;
  return acts.toReversed();
}

/** The stored body, byte for byte. It holds payload: only for callers that asked for it. @throws UnknownEventError */
export async function readPayload(stage: AuditedStage, eventId: string): Promise<Buffer> {
  const event = await readEvent(stage, eventId);
  await stage.trail.mark(event.event_id);
  return Buffer.from(await readBody(readsOf(stage), event));
}

const isLineage = (item: Item): item is LineageItem => item.sk === lineageBeside(item).sk;

async function readRun(stage: Stage, event: EventItem) {
  const key = shownCompletionKeyOf(event);
  if (key && runOf(key) === undefined) return { completion: await readItem<CompletionItem>(stage, key) };
  const items = event.run_id === undefined ? [] : await readRunItems(stage, event.run_id);
  const completion = items.filter(isCompletion).find(({ sk }) => sk === key?.sk);
  return { completion, lineage: items.find(isLineage) };
}

/** Its completion shows what happens in between; until that is known, the event itself shows that the API has been asked. */
const isBeingProcessed = (
  { state, round, unidentified }: EventItem,
  own: CompletionItem | undefined,
): boolean => state === 'received' && (own ? own.round >= round && !own.done : unidentified !== undefined);

function identificationOf(event: EventItem): EventDetail['identification'] {
  const unidentified = unidentifiedOf(event);
  if (unidentified === undefined) return undefined;
  const { tries, last_failure: last, not_before } = unidentified;
  const notBefore = isoOf(not_before);
  return { tries, last_failure: shownFailure(last), ...(notBefore && { not_before: notBefore }) };
}

const shownFailure = (last: LastFailure): ShownFailure => ({ ...last, at: isoTime(last.at) });

async function viewOf(stage: Stage, action: ActionRecord): Promise<ActionView> {
  const { result, failure, decision, last_failure: last } = action;
  const status = failure ? failure.status : (action.pending ?? action.answered);
  const runIds = result?.run_ids ?? [];
  const notBefore = isoOf(action.not_before);
  const begunAt = isoOf(action.begun?.first);
  const doneAt = isoOf(result?.at);
  return {
    rule: action.rule,
    position: action.position,
    kind: action.kind,
    ...(action.destination !== undefined && { destination: action.destination }),
    state: actionState(action),
    round: action.generation,
    key: action.key,
    tries: action.tries,
    run_ids: runIds,
    adopted: result?.adopted ?? false,
    ...(failure && { reason: failure.reason }),
    ...(failure?.secret && { secret: failure.secret }),
    ...(status !== undefined && { http_status: status }),
    ...(failure?.field !== undefined && { field: failure.field }),
    ...(last && { last_failure: shownFailure(last) }),
    ...(begunAt && { begun_at: begunAt }),
    ...(doneAt && { done_at: doneAt }),
    ...(notBefore && { not_before: notBefore }),
    ...(decision && { decision: { ...decision, at: isoTime(decision.at) } }),
    followed_by: (await Promise.all(runIds.map((runId) => followersOf(stage, runId)))).flat(),
  };
}

const followersOf = async (stage: Stage, runId: string): Promise<ActionView['followed_by']> =>
  (await readCompletions(stage, runId)).map(({ owner }) => ({ run_id: runId, event_id: owner }));

async function starterOf(stage: Stage, lineage: LineageItem | undefined): Promise<EventDetail['started_by']> {
  if (lineage?.parent === undefined) return undefined;
  const key = keyNamed(lineage.parent);
  const runId = runOf(key);
  const parent = await readItem<CompletionItem>(stage, key);
  return { ...(runId !== undefined && { run_id: runId }), ...(parent && { event_id: parent.owner }) };
}
