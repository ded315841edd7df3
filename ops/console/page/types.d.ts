/** What the page receives from the server, in the server's own types. */

import type { ReplayOutcome } from '../../events/replay.ts';
import type { Settled } from '../../events/settle.ts';
import type { ActionView, EventDetail as Detail, TimelineEntry } from '../../events/summary.ts';
import type { EventLinks } from '../../logs/links.ts';
import type { QueueDepths } from '../../queues/depths.ts';
import type { Delivered } from '../../send/post.ts';
import type { Chart } from '../api/chart.ts';
import type { DeadLetterView, RedriveLine } from '../api/dead-letters.ts';
import type { EraseLine, ErasePreview } from '../api/erase.ts';
import type { Notice } from '../api/notices.ts';
import type { ReplayLine, ReplayPreview } from '../api/replay.ts';
import type { Found } from '../list/listing.ts';
import type { EventRow } from '../list/rows.ts';

export type {
  ActionView,
  Chart,
  DeadLetterView,
  EraseLine,
  ErasePreview,
  EventLinks,
  EventRow,
  Found,
  Notice,
  QueueDepths,
  RedriveLine,
  ReplayLine,
  ReplayOutcome,
  ReplayPreview,
  Settled,
  TimelineEntry,
};

export type EventDetail = Detail & EventRow;

export interface StageInfo {
  name: string;
  stack: string;
  region: string;
  local: boolean;
  asks_first: boolean;
  /** Cyberdesk's dashboard; absent where another API stands in for Cyberdesk. */
  dashboard?: string;
  /** Polling interval, milliseconds. */
  interval: number;
}

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
  /** The text that is searched for. */
  q: string;
  state: string;
  reason: string;
  status: string;
  type: string;
  since: string;
  until: string;
  page: string;
}
