import { DAY, MINUTE } from '../../lambda/core/model/index.ts';
import { relative } from '../cli/time.ts';
import { commandLine } from '../stage/command-line.ts';
import { readTallies, type Tally } from '../stage/metrics.ts';
import type { Stage } from '../stage/stage.ts';
import { lastWebhook, MOST_EVENTS } from './arrival.ts';
import { type Finding, info, ok, problem, warning } from './check.ts';

/** Counted for a delivery that got a 2xx. */
export const ACCEPTED = ['EventAccepted', 'EventDuplicate', 'EventIgnored', 'EventUnprocessable'] as const;
const WITHOUT_SECRET = ['SigningSecretNotSet', 'SigningSecretMalformed'] as const;
/** Counted for one that got a 503. */
export const UNAVAILABLE = ['DependencyFailed', ...WITHOUT_SECRET] as const;
const OTHERS = [
  'SignatureRejected',
  'TimestampRejected',
  'BodyTooLarge',
  'SourceRejected',
  'DependencyFailed',
  'PreviousSecretUsed',
  'MergedWithoutEnd',
  'RequestThrottled',
] as const;

type Tallies = Record<(typeof ACCEPTED | typeof WITHOUT_SECRET | typeof OTHERS)[number], Tally>;

/** Deliveries that got no 2xx for one cause, and what to do about it. */
interface Refused extends Tally {
  words: string;
  next: string;
}

/**
 * How deliveries of the last 24 hours were answered. Requests without the headers of a webhook do not count, unless the
 * gateway has throttled them: anyone can send them to a public URL.
 */
export async function checkDeliveries(stage: Stage, now = Date.now()): Promise<Finding[]> {
  const [tallies, arrived] = await Promise.all([
    readTallies(stage, [...ACCEPTED, ...WITHOUT_SECRET, ...OTHERS], now),
    // If it is the table that fails, other checks say so; the refusals that it causes are counted all the same.
    lastWebhook(stage, now).catch(() => undefined),
  ]);
  const last = lastAccepted(arrived?.last?.received_at, tallies.EventDuplicate);
  const { count } = sumOf(ACCEPTED.map((name) => tallies[name]));
  const accepted: Tally = { count, ...(last !== undefined && now - last < DAY && { last }) };
  const refused = refusedBy(stage, tallies).filter(({ count }) => count > 0);
  const said = [
    acceptedSince(stage.isLocal ? stage.since : 0, accepted, now),
    ...refused.map((each) => `${each.count} ${each.words}${lastOf(each, now)}`),
  ].join(', ');
  const text = `in the last 24 hours${stage.isLocal ? '' : ' (CloudWatch is a minute or two behind)'}: ${said}`;
  // Refusals that an accepted delivery has followed are over, whatever caused them.
  const open = refused.filter((each) => isLater(stage, each, accepted)).sort(byLast);
  return [
    judge(text, open, refused.length > 0),
    ...previousOnly(stage, tallies.PreviousSecretUsed, accepted),
    ...merged(tallies.MergedWithoutEnd, now),
    ...(await unusable(stage, tallies.EventUnprocessable, now)),
  ];
}

/**
 * Our own tests and probes are accepted as well, and say nothing about the sender. What was stored, answered 503 and sent again is a
 * duplicate, and its event keeps the time of the first try.
 */
function lastAccepted(received_at: string | undefined, duplicate: Tally): number | undefined {
  const times = [received_at && Date.parse(received_at), duplicate.last].filter(
    (time) => typeof time === 'number',
  );
  return times.length > 0 ? Math.max(...times) : undefined;
}

/** CloudWatch only knows the minute: what happened in the same one, such as a refusal and the next try, has no order. */
function isLater({ isLocal }: Stage, one: Tally, accepted: Tally): boolean {
  const time = ({ last = 0 }: Tally) => (isLocal ? last : Math.floor(last / MINUTE));
  return time(one) > time(accepted);
}

/** A local run counts from its own start, and keeps the events of those before it. */
const acceptedSince = (since: number, { count, last }: Tally, now: number): string =>
  last !== undefined && last < since
    ? `${count} accepted since the local run began (before that, the last from Cyberdesk ${relative(last, now)})`
    : `${count} accepted${lastOf({ count, ...(last !== undefined && { last }) }, now, 'from Cyberdesk ')}`;

function judge(text: string, open: readonly Refused[], wereRefused: boolean): Finding {
  // Of several causes none is known to be the only one.
  if (open.length > 0) return problem('deliveries', text, open.map(({ next }) => next).join('; and: '));
  return wereRefused ? info('deliveries', text) : ok('deliveries', text);
}

const byLast = (one: Tally, other: Tally): number => (other.last ?? 0) - (one.last ?? 0);

function refusedBy(stage: Stage, tallies: Tallies): Refused[] {
  const { SignatureRejected: bad, TimestampRejected: stale } = tallies;
  const verb = (...words: string[]) => commandLine(stage.target, words);
  const set = verb('secret', 'set');
  return [
    {
      ...stale,
      words: 'refused for their timestamp',
      next: 'their timestamps are more than five minutes off: check the clock of the sender, or whether something holds requests back or replays old ones',
    },
    {
      ...bad,
      // A stale timestamp counts as a bad signature as well.
      count: bad.count - stale.count,
      words: 'refused for their signature',
      next: `the secret here is probably that of another endpoint, or was not copied in full: copy it from this endpoint's page in the dashboard, then ${set}. Then ${verb('reconcile')} finds what was refused`,
    },
    {
      ...sumOf(WITHOUT_SECRET.map((name) => tallies[name])),
      words: 'refused for now (503) without a usable signing secret',
      next: `${set}; Svix sends these deliveries again`,
    },
    {
      ...tallies.DependencyFailed,
      words: 'refused for now (503), as a service that the verifier calls failed',
      next: `${verb('logs')} names the service and its error; Svix sends these deliveries again`,
    },
    {
      ...tallies.SourceRejected,
      words: 'refused as from outside the allow-list, or around CloudFront',
      next: `${verb('logs')} names the reason. source: compare sourceIpAllowList in stages.ts with the addresses that Svix sends from; origin: CloudFront adds an old origin header, or none (docs/edge.md)`,
    },
    {
      ...tallies.BodyTooLarge,
      words: 'refused as too large (413)',
      next: 'nothing of them is kept: docs/runbook.md says how to get such an event back',
    },
    {
      // Of whoever sent them: the gateway refuses them before anything is known of them.
      ...tallies.RequestThrottled,
      words: 'throttled (429)',
      next: 'raise throttle in stages.ts, if the access log shows that they were from Svix (docs/runbook.md); Svix sends its deliveries again',
    },
  ];
}

/** They were answered 2xx, as Svix would only send the same again. */
async function unusable(stage: Stage, tally: Tally, now: number): Promise<Finding[]> {
  if (tally.count === 0) return [];
  // Tests of ours may be unusable on purpose.
  const { last, skipped } = await lastWebhook(stage, now, ({ state }) => state === 'unprocessable');
  const isRecent = last !== undefined && now - Date.parse(last.received_at) < DAY;
  if (!isRecent && skipped < MOST_EVENTS) return [];
  const list = commandLine(stage.target, ['events', 'list'], { state: 'unprocessable', since: '1d' });
  return [
    warning(
      'deliveries',
      `authentic deliveries that could not be used: ${tally.count}${lastOf(tally, now)}. Their bodies are not what Cyberdesk sends`,
      `look at the transformation in the Svix portal; which ones: ${list}`,
    ),
  ];
}

function previousOnly(stage: Stage, previous: Tally, accepted: Tally): Finding[] {
  // It is counted for a delivery that is accepted.
  if (previous.last === undefined || isLater(stage, accepted, previous)) return [];
  const set = commandLine(stage.target, ['secret', 'set']);
  return [
    warning(
      'deliveries',
      `deliveries signed with the previous secret: ${previous.count}, the last one included. They will be refused when its grace period ends`,
      `copy the secret from this endpoint's page in the dashboard, then ${set}`,
    ),
  ];
}

/** No ending may be taken for another one unseen. */
function merged(tally: Tally, now: number): Finding[] {
  if (tally.count === 0) return [];
  return [
    warning(
      'deliveries',
      `events without ended_at that were taken for an end that another event had reported: ${tally.count}${lastOf(tally, now)}. If both were ends of their own, the rules were asked about one of them only`,
      'look at the transformation in the Svix portal, which should keep ended_at; the timeline of such an event says so',
    ),
  ];
}

function sumOf(tallies: readonly Tally[]): Tally {
  const count = tallies.reduce((sum, each) => sum + each.count, 0);
  const times = tallies.flatMap(({ last }) => last ?? []);
  return times.length > 0 ? { count, last: Math.max(...times) } : { count };
}

const lastOf = ({ last }: Tally, now: number, whose = ''): string =>
  last === undefined ? '' : ` (last ${whose}${relative(Math.min(last, now), now)})`;
