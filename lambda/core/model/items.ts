import type { Item, Key } from './ports.ts';
import type { Reason } from './reasons.ts';

/** Version of all item shapes in this release. */
export const ITEM_VERSION = 1;

/** Name of the attribute by which DynamoDB expires items; the table's TTL setting must say the same. */
export const TTL_ATTRIBUTE = 'ttl';
export const OPEN_INDEX = 'open';
export const BY_DAY_INDEX = 'by-day';
/** Attributes that both indexes carry beside the keys: what a list shows without reading the items. */
export const INDEX_ATTRIBUTES = ['event_id', 'run_id', 'workflow_id', 'status', 'type'] as const;
/** The open index is spread over this many partitions, so that no burst meets one hot key. */
export const OPEN_SHARDS = 8;

export type EventState = 'received' | 'processed' | 'failed' | 'ignored' | 'unprocessable';

/** One authentic webhook. */
export interface EventItem extends Item {
  event_id: string;
  svix_id: string;
  /** ISO 8601, UTC. */
  received_at: string;
  finished_at?: string;
  type: string;
  run_id?: string;
  workflow_id?: string;
  status?: string;
  /** `run.ended_at` as epoch milliseconds. */
  ended_at?: number;
  /** Sort key of the completion; fixed by the API's answer when the event itself names no `ended_at`. */
  completion?: string;
  state: EventState;
  reason?: Reason;
  /** How often this event has failed; the number that a redrive names to reopen it. */
  failure: number;
  /** Raised by a redrive or a replan: rules are asked again for what has no record. */
  round: number;
  duplicate_of?: string;
  /** When the sweeper last sent it again, ISO 8601. */
  resent_at?: string;
  /** Body, gzip, while small. */
  body?: Uint8Array;
  /** How many `body#` items hold the gzip when it is large. */
  body_pieces?: number;
  body_sha256: string;
  /** Size of the raw body in bytes. */
  body_bytes: number;
  /** Partition of the open index; removed when finished. */
  open?: string;
  /** Partition of the by-day index, `YYYY-MM-DD`. */
  day: string;
}

/** One write-once piece of a large body. */
export interface PieceItem extends Item {
  piece: Uint8Array;
}

export type ActionKind = 'startRun' | 'startChain' | 'retryRun' | 'notify' | 'publish';

/** A value that is fetched at the moment of the call and never stored. */
export type Placeholder =
  | { path: string[]; secret: { id: string; field?: string } }
  | { path: string[]; attachments: { ids: string[] } };

/** What the first attempt used, so that every later one uses exactly the same. */
export interface Pin {
  /** Version id of a secret. */
  version?: string;
  /** SHA-256 of each attachment. */
  hashes?: string[];
}

/** An action of a plan, and what became of it. */
export interface ActionRecord {
  rule: string;
  /** Position in that rule's list. */
  position: number;
  kind: ActionKind;
  /** The round in which it was planned. */
  generation: number;
  /** Idempotency key of runs, dedupe id of announcements. */
  key: string;
  /** Request body as JSON text without placeholders' values; dropped once settled. */
  body?: string;
  /** Where the body is when the plan is large. */
  body_ref?: {
    sha256: string;
    pieces: number;
    /** When its pieces expire, epoch milliseconds. */
    until: number;
  };
  placeholders?: Placeholder[];
  pins?: Pin[];
  /** First and last attempt that may have taken effect without an answer, epoch milliseconds. */
  begun?: { first: number; last: number };
  tries: number;
  /** Sum of the delays charged to it, in milliseconds. */
  delayed: number;
  not_before?: number;
  result?: { run_ids: string[]; at: number; adopted?: boolean };
  failure?: { reason: Reason; status?: number };
}

/** One ending of one run: the one serialization point. */
export interface CompletionItem extends Item {
  /** Event id of its owner. */
  owner: string;
  /** Held by the worker at work; one that is over but still here tells of a crash. */
  lease?: { token: string; until: number };
  not_before?: number;
  crashes: number;
  /** The event's round that its claim has taken in. */
  round: number;
  /** The round whose plan it holds; behind `round` where a worker died in between. */
  planned?: number;
  actions?: ActionRecord[];
  /** A failure of the whole: a rule threw, the plan is too deep, five crashes. */
  failure?: { reason: Reason };
  done: boolean;
  depth: number;
  retries: number;
  updated_at: number;
}

/** Which completion and action started a run. */
export interface LineageItem extends Item {
  /** Idempotency key of the action; absent on a run that no action of ours started but one retried. */
  action?: string;
  /** Name of the completion that started it. */
  parent?: string;
  depth: number;
  /** The action found this run by a look-up; the answer to its own call was lost. */
  adopted?: boolean;
  /** Completions of this run that an action was to retry in place; written before the call. */
  retried: string[];
}

/** Calls to Cyberdesk stop for a while. */
export interface PauseItem extends Item {
  /** Epoch milliseconds. */
  until: number;
  /** Pauses in a row. */
  streak: number;
  /** Who may try first once the pause is over. */
  probe?: { token: string; until: number };
}

export const eventKey = (eventId: string): Key => ({ pk: `event#${eventId}`, sk: 'event' });
export const pieceKey = (sha256: string, index: number): Key => ({
  pk: `body#${sha256}/${index}`,
  sk: 'body',
});
export const completionKey = (runId: string, completion: string): Key => ({
  pk: `run#${runId}`,
  sk: completion,
});
export const lineageKey = (runId: string): Key => ({ pk: `run#${runId}`, sk: 'lineage' });
export const PAUSE_KEY: Key = { pk: 'control#pause', sk: 'pause' };

/** Completion that an `ended_at` (epoch milliseconds) names. */
export const endedAtCompletion = (endedAt: number): string => `completion#${endedAt}`;
/** Completion of an event whose run's end is known to nobody: the event itself. */
export const ownCompletion = (eventId: string): string => `completion#event:${eventId}`;

/** A completion in one text. */
export const nameOf = ({ pk, sk }: Key): string => `${pk} ${sk}`;
/** What such a name says. No completion holds a blank, as no event's id does. */
export function parentOf(name: string): { runId: string; completion: string } {
  const blank = name.lastIndexOf(' ');
  return { runId: name.slice('run#'.length, blank), completion: name.slice(blank + 1) };
}
