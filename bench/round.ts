import type { Sent } from './senders.ts';

/** A run that the fake API started. */
export interface Started {
  /** The event whose follow-up it is. */
  readonly event: string;
  /** Epoch milliseconds. */
  readonly at: number;
}

/** What became of the webhooks that were sent in one go. */
export interface Round {
  readonly accepted: number;
  readonly refused: number;
  /** Accepted events without a follow-up. */
  readonly lost: number;
  /** Follow-ups above the first one of an event. */
  readonly doubled: number;
  readonly acceptedPerSecond: number;
  /** Follow-ups, from the first request until the last start. */
  readonly processedPerSecond: number;
  /** From request to started follow-up, milliseconds, the shortest first. */
  readonly latencies: readonly number[];
}

/** @param ms how long webhooks were sent */
export function judgeRound(sent: readonly Sent[], started: readonly Started[], ms: number): Round {
  const accepted = new Map(sent.filter(({ isAccepted }) => isAccepted).map(({ id, at }) => [id, at]));
  const ours = started.filter(({ event }) => accepted.has(event));
  const starts = new Map(ours.toReversed().map(({ event, at }) => [event, at]));
  const from = Math.min(...accepted.values());
  const seconds = (Math.max(...ours.map(({ at }) => at)) - from) / 1000;
  return {
    accepted: accepted.size,
    refused: sent.length - accepted.size,
    lost: accepted.size - starts.size,
    doubled: ours.length - starts.size,
    acceptedPerSecond: accepted.size / (ms / 1000),
    processedPerSecond: starts.size / seconds,
    latencies: [...starts]
      .map(([event, at]) => at - (accepted.get(event) ?? Number.NaN))
      .sort((a, b) => a - b),
  };
}

/** The value that so many percent do not exceed. */
export const percentile = (sorted: readonly number[], percent: number): number =>
  sorted[Math.ceil((sorted.length * percent) / 100) - 1] ?? Number.NaN;
