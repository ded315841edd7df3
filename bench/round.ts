import type { Sent } from './senders.ts';

/** The start of a follow-up. */
interface Start {
  /** Id of the event that it follows. */
  readonly event: string;
  /** Epoch milliseconds. */
  readonly at: number;
}

/** The outcome of webhooks that were sent in one go; times in milliseconds. */
export function judgeRound(sent: readonly Sent[], starts: readonly Start[]) {
  const accepted = new Map(sent.filter(({ isAccepted }) => isAccepted).map(({ id, at }) => [id, at]));
  const ours = starts.filter(({ event }) => accepted.has(event));
  const first = new Map(ours.toReversed().map(({ event, at }) => [event, at]));
  const latencies = [...first].map(([event, at]) => at - (accepted.get(event) ?? 0)).sort((a, b) => a - b);
  return {
    accepted: accepted.size,
    refused: sent.length - accepted.size,
    started: first.size,
    /** Accepted events without a follow-up. */
    lost: accepted.size - first.size,
    /** Follow-ups above the first one of an event. */
    doubled: ours.length - first.size,
    /** From the first request to the last start. */
    lastAfter: Math.max(...first.values()) - Math.min(...accepted.values()),
    /** What so many percent of the follow-ups, from request to start, did not exceed. */
    percentile: (percent: number) =>
      latencies[Math.ceil((latencies.length * percent) / 100) - 1] ?? Number.NaN,
  };
}
