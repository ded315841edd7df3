import { DAY, MINUTE } from '../../lambda/core/model/index.ts';
import measured from './event-use.json' with { type: 'json' };
import { MONTH_MINUTES, USE } from './prices.ts';

/** Days that items are kept. */
export interface Retention {
  /** A finished event. */
  eventDays: number;
  /** Its body; with its event, if that is as long. */
  bodyDays: number;
  /** The record of what was done for a completion. */
  completionDays: number;
}

export interface Load {
  /** Size of an event's body in bytes. */
  bytes: number;
  /** Follow-up runs per event, on average. */
  followUps: number;
  /** Whether each event is published, as a rule with `publish` does. */
  publishes: boolean;
}

/**
 * What one event uses of the services around the functions. The figures are in `event-use.json`; a test compares them
 * with what the protocol does over a table that counts as DynamoDB bills.
 */
export function useOfEvent({ bytes, followUps, publishes }: Load, retention: Retention) {
  const isApart = retention.bodyDays < retention.eventDays;
  const sizes = isApart
    ? measured.apart
    : { ...measured.sizes, bodyBytes: measured.sizes.bytes.map(() => 0) };
  const plans = publishes ? measured.published : measured.unpublished;
  const ofSize = interpolation(sizes.bytes, bytes);
  const ofPlan = interpolation(plans.followUps, followUps);
  const tableByteMonths =
    ofSize(sizes.eventBytes) * months(retention.eventDays) +
    ofSize(sizes.bodyBytes) * months(retention.bodyDays) +
    ofPlan(plans.completionBytes) * months(retention.completionDays);
  return {
    writeUnits: ofSize(sizes.writeUnits) + ofPlan(plans.writeUnits),
    readUnits: ofSize(sizes.readUnits) + ofPlan(plans.readUnits),
    /** Bytes in the table itself, times the months that they are kept. */
    tableByteMonths,
    /** The same with those in its indexes. */
    storedByteMonths: tableByteMonths + ofSize(sizes.indexBytes) * months(retention.eventDays),
    sends: 1,
    announcements: publishes ? 1 : 0,
    /** Bytes sent to Cyberdesk. */
    bytesOut: followUps * USE.requestBytes,
  };
}

const months = (days: number): number => (days * DAY) / (MONTH_MINUTES * MINUTE);

/** Reads columns at a value of their first one, on a straight line between the two nearest points. */
function interpolation(points: readonly number[], value: number): (column: readonly number[]) => number {
  const above = Math.max(
    1,
    points.findIndex((point) => point >= value),
  );
  const [low = 0, high = 0] = points.slice(above - 1);
  const share = Math.max(0, (value - low) / (high - low));
  return (column) => {
    const [from = 0, to = 0] = column.slice(above - 1);
    return from + (to - from) * share;
  };
}
