/** One step of an event's way. */
export interface TimelineEntry {
  /** ISO 8601; absent where the step leaves no time behind. */
  at?: string;
  step:
    | 'started_by'
    | 'received'
    | 'queued'
    | 'resent'
    | 'duplicate'
    | 'reopened'
    | 'unbegun'
    | 'overdue'
    | 'planned'
    | 'action'
    | 'working'
    | 'waiting'
    | 'crashed'
    | 'dead_lettered'
    | 'finished';
  tone: 'plain' | 'good' | 'bad' | 'pending';
  text: string;
}
