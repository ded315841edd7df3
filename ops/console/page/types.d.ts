/** What the page receives from the server, in the server's own types. */

import type { DeadLetter } from '../../dlq/dead-letter.ts';
import type { Replay } from '../../events/replay.ts';
import type { Settled } from '../../events/settle.ts';
import type { ActionView, EventDetail, EventSummary, TimelineEntry } from '../../events/summary.ts';
import type { QueueDepths } from '../../queues/depths.ts';
import type { Delivered } from '../../send/post.ts';
import type { RedriveLine } from '../api/dead-letters.ts';
import type { Found } from '../api/find.ts';
import type { Notice } from '../api/notices.ts';

export type {
  ActionView,
  EventDetail,
  EventSummary,
  Found,
  Notice,
  QueueDepths,
  RedriveLine,
  Replay,
  Settled,
  TimelineEntry,
};

export interface StageInfo {
  name: string;
  stack: string;
  region: string;
  local: boolean;
  asks_first: boolean;
  /** Polling interval, milliseconds. */
  interval: number;
}

export type DeadLetterView = DeadLetter & { explanation: string | undefined };

export interface DeadLetterList {
  messages: DeadLetterView[];
  more: boolean;
  /** How many more are hidden by another list or redrive, here or elsewhere. */
  hidden: number;
}

export type Sent = Delivered & { event_id?: string };

/** The state of the page that its address holds. */
export interface Place {
  view: 'events' | 'dlq';
  /** The event that is open. */
  event: string;
  state: string;
  status: string;
  type: string;
  workflow: string;
  run: string;
  since: string;
  limit: string;
}
