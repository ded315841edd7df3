import { endpointMetrics } from '../stage/endpoint-metrics.ts';
import { readSums, readTallies, type Span, type Tally } from '../stage/metrics.ts';
import type { Stage } from '../stage/stage.ts';

/** Counted for a delivery that got a 2xx. */
export const ACCEPTED = ['EventAccepted', 'EventDuplicate', 'EventIgnored', 'EventUnprocessable'] as const;
export const WITHOUT_SECRET = ['SigningSecretNotSet', 'SigningSecretMalformed'] as const;
/** Counted for one that the verifier answered 503. */
const UNAVAILABLE = ['DependencyFailed', ...WITHOUT_SECRET] as const;
/** Counted for one that is refused for good; a stale timestamp counts as a bad signature as well. */
const REFUSED = ['SignatureRejected', 'SourceRejected', 'BodyTooLarge', 'RequestThrottled'] as const;
const OF_SOME = ['TimestampRejected', 'PreviousSecretUsed', 'MergedWithoutEnd'] as const;
const OWN = [...ACCEPTED, ...UNAVAILABLE, ...REFUSED, ...OF_SOME] as const;

/** Why a delivery got no response of the verifier: it failed, Lambda did not start it, or the gateway was unable to call it. */
type Unanswered = 'crashed' | 'notStarted' | 'notCalled';

/** How deliveries of the last 24 hours were answered. */
export interface Answers extends Record<(typeof OWN)[number] | Unanswered, Tally> {
  /** Whether those without a response are known. */
  isComplete: boolean;
}

export async function readAnswers(stage: Stage, now: number): Promise<Answers> {
  const own = Object.fromEntries(OWN.map((name) => [name, name])) as Record<(typeof OWN)[number], string>;
  const endpoint = endpointMetrics(stage);
  const [tallies, ofAws] = await Promise.all([
    readTallies(stage, own, now),
    endpoint.then((metrics) => metrics && readTallies<string>(stage, { ...metrics }, now)),
  ]);
  const { errors: crashed = NONE, throttles: notStarted = NONE, serverErrors = NONE } = ofAws ?? {};
  const explained = sumOf([...UNAVAILABLE.map((name) => tallies[name]), crashed, notStarted]);
  const count = Math.max(0, serverErrors.count - explained.count);
  const notCalled = { ...serverErrors, count };
  return { ...tallies, crashed, notStarted, notCalled, isComplete: (await endpoint) !== undefined };
}

const NONE: Tally = { count: 0 };

export function sumOf(tallies: readonly Tally[]): Tally {
  const count = tallies.reduce((sum, each) => sum + each.count, 0);
  const times = tallies.flatMap(({ last }) => last ?? []);
  return times.length > 0 ? { count, last: Math.max(...times) } : { count };
}

/** How many deliveries got a 2xx in each period of a span, how many another answer, and how many events failed. */
export async function answersOver(stage: Stage, span: Span) {
  const { errors, throttles, serverErrors } = (await endpointMetrics(stage)) ?? {};
  const unanswered = [errors, throttles].filter((metric) => metric !== undefined);
  const groups = [
    ACCEPTED,
    REFUSED,
    [...UNAVAILABLE, ...unanswered],
    // All of those before, and what nothing else counts.
    serverErrors ? [serverErrors] : [],
    ['FollowUpFailed'],
  ];
  const [accepted = [], refused = [], explained = [], all = [], failed = []] = await readSums(
    stage,
    groups,
    span,
  );
  const others = explained.map((count, index) => Math.max(count, all[index] ?? 0));
  return { accepted, refused: refused.map((count, index) => count + (others[index] ?? 0)), failed };
}
