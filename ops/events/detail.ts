import type { ActionRecord, CompletionItem, EventItem, LineageItem } from '../../lambda/core/model/index.ts';
import { completionKey, PAUSE_KEY, type PauseItem, parentOf } from '../../lambda/core/model/index.ts';
import { readBody } from '../../lambda/core/store/index.ts';
import type { Stage } from '../stage/stage.ts';
import { completionOf, isCompletion, readEvent, readPartition, tableOf } from './store.ts';
import { type EventSummary, summarize } from './summary.ts';
import { timeline } from './timeline.ts';
import type { TimelineEntry } from './timeline-entry.ts';

/** An action as it is shown: what it is and what became of it, never its body. */
export interface ActionView {
  rule: string;
  position: number;
  kind: ActionRecord['kind'];
  state: 'planned' | 'begun' | 'waiting' | 'done' | 'failed';
  round: number;
  key: string;
  tries: number;
  run_ids: string[];
  adopted: boolean;
  reason?: string;
  http_status?: number;
  begun_at?: string;
  done_at?: string;
  not_before?: string;
  /** Events by which the runs that it started came back. */
  followed_by: { run_id: string; event_id: string }[];
}

export interface EventDetail extends EventSummary {
  /** A worker has taken it up, and it is not finished; its `state` stays `received` meanwhile, as lists have it. */
  progress?: 'processing';
  svix_id: string;
  ended_at?: string;
  resent_at?: string;
  body_bytes: number;
  body_sha256: string;
  depth: number;
  retries: number;
  crashes: number;
  actions: ActionView[];
  /** What started this run, where one of our actions did. */
  started_by?: { run_id: string; event_id?: string };
  timeline: TimelineEntry[];
}

const iso = (at: number | undefined) => (at === undefined ? undefined : new Date(at).toISOString());

/** @throws UnknownEventError */
export async function describeEvent(stage: Stage, eventId: string): Promise<EventDetail> {
  return detailOf(stage, await readEvent(stage, eventId));
}

/** The stored body, byte for byte. Holds payload: only for who has asked for it. @throws UnknownEventError */
export async function readPayload(stage: Stage, eventId: string): Promise<Uint8Array> {
  return readBody(tableOf(stage), await readEvent(stage, eventId));
}

async function detailOf(stage: Stage, event: EventItem): Promise<EventDetail> {
  const items = event.run_id === undefined ? [] : await readPartition(stage, `run#${event.run_id}`);
  const completion = items.filter(isCompletion).find(({ sk }) => sk === completionOf(event));
  // Another event's completion says nothing of what this one has done.
  const own = completion?.owner === event.event_id ? completion : undefined;
  const lineage = items.find(({ sk }) => sk === 'lineage') as LineageItem | undefined;
  const [actions, startedBy, pause] = await Promise.all([
    Promise.all((own?.actions ?? []).map((action) => viewOf(stage, action))),
    starterOf(stage, lineage),
    tableOf(stage).get(PAUSE_KEY) as Promise<PauseItem | undefined>,
  ]);
  const endedAt = iso(event.ended_at);
  return {
    ...summarize(event),
    ...(own && isBeingProcessed(event, own) && { progress: 'processing' }),
    svix_id: event.svix_id,
    ...(endedAt && { ended_at: endedAt }),
    ...(event.resent_at !== undefined && { resent_at: event.resent_at }),
    body_bytes: event.body_bytes,
    body_sha256: event.body_sha256,
    depth: own?.depth ?? lineage?.depth ?? 0,
    retries: own?.retries ?? 0,
    crashes: own?.crashes ?? 0,
    actions,
    ...(startedBy && { started_by: startedBy }),
    timeline: timeline({ event, completion, actions, startedBy, pausedUntil: pause?.until }),
  };
}

/** The event itself is written only when it comes and when it is finished; its claim tells what lies between. */
const isBeingProcessed = (event: EventItem, own: CompletionItem): boolean =>
  event.state === 'received' && own.round >= event.round && !own.done;

async function viewOf(stage: Stage, action: ActionRecord): Promise<ActionView> {
  const runIds = action.result?.run_ids ?? [];
  const notBefore = iso(action.not_before);
  const begunAt = iso(action.begun?.first);
  const doneAt = iso(action.result?.at);
  return {
    rule: action.rule,
    position: action.position,
    kind: action.kind,
    state: stateOf(action),
    round: action.generation,
    key: action.key,
    tries: action.tries,
    run_ids: runIds,
    adopted: action.result?.adopted ?? false,
    ...(action.failure && { reason: action.failure.reason }),
    ...(action.failure?.status !== undefined && { http_status: action.failure.status }),
    ...(begunAt && { begun_at: begunAt }),
    ...(doneAt && { done_at: doneAt }),
    ...(notBefore && { not_before: notBefore }),
    followed_by: (await Promise.all(runIds.map((runId) => followersOf(stage, runId)))).flat(),
  };
}

function stateOf(action: ActionRecord): ActionView['state'] {
  if (action.result) return 'done';
  if (action.failure) return 'failed';
  if (action.not_before !== undefined) return 'waiting';
  return action.begun ? 'begun' : 'planned';
}

async function followersOf(stage: Stage, runId: string): Promise<ActionView['followed_by']> {
  const items = await readPartition(stage, `run#${runId}`);
  return items.filter(isCompletion).map(({ owner }) => ({ run_id: runId, event_id: owner }));
}

async function starterOf(stage: Stage, lineage: LineageItem | undefined): Promise<EventDetail['started_by']> {
  if (lineage?.parent === undefined) return undefined;
  const { runId, completion } = parentOf(lineage.parent);
  const parent = (await tableOf(stage).get(completionKey(runId, completion))) as CompletionItem | undefined;
  return { run_id: runId, ...(parent && { event_id: parent.owner }) };
}
