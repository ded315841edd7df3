import { DAY, MINUTE } from '../../lambda/core/model/index.ts';
import { relative } from '../cli/time.ts';
import { commandLine } from '../stage/command-line.ts';
import type { Tally } from '../stage/metrics.ts';
import type { Stage } from '../stage/stage.ts';
import { ACCEPTED, readAnswers, sumOf } from './answers.ts';
import { lastWebhook, MOST_EVENTS } from './arrival.ts';
import { type Finding, info, ok, problem, readPart, warning } from './check.ts';
import { type Refused, refusedBy } from './refusals.ts';

/**
 * How deliveries of the last 24 hours were answered. Requests without the headers of a webhook do not count, unless the
 * gateway has throttled them: anyone can send them to a public URL.
 */
export async function checkDeliveries(stage: Stage, now = Date.now()): Promise<Finding[]> {
  const [tallies, arrived] = await Promise.all([
    readAnswers(stage, now),
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
    ...(tallies.isComplete
      ? []
      : ['those without a response are unknown (cloudformation:ListStackResources)']),
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

/** They were answered 2xx, as Svix would only send the same again. */
async function unusable(stage: Stage, tally: Tally, now: number): Promise<Finding[]> {
  if (tally.count === 0) return [];
  // Tests of ours may be unusable on purpose.
  const { value: found, unread } = await readPart(
    ['deliveries', `whether those that could not be used (${tally.count}${lastOf(tally, now)}) are tests`],
    () => lastWebhook(stage, now, ({ state }) => state === 'unprocessable'),
    stage,
  );
  if (found === undefined) return unread;
  const { last, skipped } = found;
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

const lastOf = ({ last }: Tally, now: number, whose = ''): string =>
  last === undefined ? '' : ` (last ${whose}${relative(Math.min(last, now), now)})`;
