import {
  eventsOfProcessor,
  type Limit,
  limitsOf,
  type Pace,
  type Situation,
  verifierTime,
} from './limits.ts';

/** What arrives: so many events a second, for so long. */
export interface Arrival {
  readonly perSecond: number;
  readonly seconds: number;
}

/** One moment; counts are events. */
export interface Moment {
  /** Seconds since the first arrival. */
  readonly at: number;
  readonly waiting: number;
  /** Age of the oldest event that waits, in seconds. */
  readonly age: number;
}

export interface Flow {
  readonly moments: readonly Moment[];
  readonly accepted: number;
  /** Webhooks that get no 2xx at first: Svix sends them again, so they arrive later. */
  readonly refused: number;
  /** Seconds from the first arrival until nothing waits; infinite if nothing is processed. */
  readonly drained: number;
  /** Age that an event has at most when it is processed, in seconds. */
  readonly oldest: number;
  readonly concurrency: { readonly verifiers: number; readonly processors: number };
  /** The limits that hold something back, the lowest first. */
  readonly met: readonly Limit[];
}

const MOMENTS = 200;

/**
 * Arrivals at a steady rate, as a flow without chance: what the door lets in waits until it is processed, the oldest first.
 * @param writeUnits of one event in all
 */
export function flowOf(situation: Situation, pace: Pace, arrival: Arrival, writeUnits: number): Flow {
  const limits = limitsOf(situation, pace, writeUnits);
  const lowest = (at: Limit['at']) =>
    Math.min(...limits.filter((limit) => limit.at === at).map(({ perSecond }) => perSecond));
  const [door, capacity] = [Math.min(arrival.perSecond, lowest('door')), lowest('queue')];
  const accepted = door * arrival.seconds;
  const drained = Math.max(arrival.seconds, accepted / capacity);
  const momentAt = (at: number): Moment => {
    const waiting = Math.max(0, door * Math.min(at, arrival.seconds) - capacity * at);
    // Whoever is next has arrived when as many had been accepted as are processed by now.
    return { at, waiting, age: waiting > 0 ? at - (capacity * at) / door : 0 };
  };
  const end = Number.isFinite(drained) ? drained : arrival.seconds;
  const moments = Array.from({ length: MOMENTS + 1 }, (_, step) => momentAt((end * step) / MOMENTS));
  return {
    moments,
    accepted,
    refused: (arrival.perSecond - door) * arrival.seconds,
    drained,
    oldest: drained - arrival.seconds,
    concurrency: {
      verifiers: door * verifierTime(situation, pace),
      processors: Math.min(door, capacity) / eventsOfProcessor(situation, pace),
    },
    met: limits.filter(({ at, perSecond }) => perSecond < (at === 'door' ? arrival.perSecond : door)),
  };
}
