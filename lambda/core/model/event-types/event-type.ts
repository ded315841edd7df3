import type { Reported } from '../../../rules/rule.ts';
import type { EventItem } from '../event.ts';
import type { Reason } from '../reasons.ts';
import type { Payload } from './payload.ts';

/** All that sets one type of event apart. A type that lacks any of it does not compile. */
export interface EventType<E extends EventItem> {
  /**
   * What is stored beside the body, as far as it can be read: by these facts a repeated webhook is recognised
   * (`receive/occurrence.ts`), and lists show and filter events by them (`INDEX_ATTRIBUTES` in `table.ts`).
   */
  facts(payload: Payload): Facts;
  /** Whether the webhook can lead to anything. */
  judge(payload: Payload): Judgement;
  /** Whether a stored event has what the processor needs, which the webhook had if it was judged actionable. */
  isActionable(event: EventItem): event is E;
  /**
   * What makes two webhooks under one id the same: that they report one ending of a run, or that they are one message
   * or have the same bytes.
   */
  identity: 'ending' | 'event';
  subject(event: E): Subject;
  completion(event: E): ReportedCompletion;
  /** What rules see of the stored body; undefined if it is not what the verifier accepts. */
  read(payload: unknown, event: E): Reported | undefined;
  /** @param apiUrl Base of links to the API. */
  announce(event: E, apiUrl: string): Announced;
}

export type Facts = Partial<
  Pick<EventItem, 'run_id' | 'workflow_id' | 'status' | 'ended_at' | 'machine_ids'>
>;

export type Judgement = { kind: 'actionable' } | { kind: 'ignored' | 'unprocessable'; reason: Reason };

/** What an event is about. */
export interface Subject {
  /** Part of the idempotency keys of its actions. */
  id: string;
  /** Partition of its completions and its lineage. */
  pk: string;
}

/** Which completion an event reports, as its sort key; or the run whose end the API must be asked for. */
export type ReportedCompletion =
  | { kind: 'known'; completion: string }
  | { kind: 'unknown'; run: { id: string; status: string } };

/** What an announcement says of an event: ids, status and links only, because it leaves the account. */
export interface Announced {
  /** Unless the rule gives another one. */
  subject: string;
  ids: Record<string, string>;
  links: Record<string, string>;
  /** SNS message attributes, for subscription filters. */
  attributes: Record<string, string>;
}
