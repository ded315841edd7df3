import { DAY } from '../../lambda/core/model/index.ts';
import { relative } from '../cli/time.ts';
import { commandLine } from '../stage/command-line.ts';
import { readTallies, type Tally } from '../stage/metrics.ts';
import type { Stage } from '../stage/stage.ts';
import { type Finding, info, ok, problem, warning } from './check.ts';
import { lastWebhook } from './dashboard.ts';

/** Counted for a delivery that got a 2xx. */
export const ACCEPTED = ['EventAccepted', 'EventDuplicate', 'EventIgnored', 'EventUnprocessable'] as const;
/** Counted for one that got a 503. */
export const UNAVAILABLE = ['DependencyFailed', 'SigningSecretNotSet', 'SigningSecretMalformed'] as const;
const OTHERS = [
  'SignatureRejected',
  'TimestampRejected',
  'BodyTooLarge',
  'SourceRejected',
  'PreviousSecretUsed',
] as const;

type Tallies = Record<(typeof ACCEPTED | typeof UNAVAILABLE | typeof OTHERS)[number], Tally>;

/** Deliveries that got no 2xx for one cause, and what to do about it. */
interface Refused extends Tally {
  words: string;
  next: string;
}

/**
 * How deliveries of the last 24 hours were answered. Requests without the headers of a webhook do not count: anyone can
 * send them to a public URL.
 */
export async function checkDeliveries(stage: Stage, now = Date.now()): Promise<Finding[]> {
  const [tallies, arrived] = await Promise.all([
    readTallies(stage, [...ACCEPTED, ...UNAVAILABLE, ...OTHERS], now),
    lastWebhook(stage, now),
  ]);
  // Our own tests and probes are accepted as well, and say nothing about the sender.
  const last = arrived.last && Date.parse(arrived.last.received_at);
  const { count } = sumOf(ACCEPTED.map((name) => tallies[name]));
  const accepted: Tally = { count, ...(last !== undefined && now - last < DAY && { last }) };
  const refused = refusedBy(stage, tallies).filter(({ count }) => count > 0);
  const said = [
    `${accepted.count} accepted${lastOf(accepted, now, 'from Cyberdesk ')}`,
    ...refused.map((each) => `${each.count} ${each.words}${lastOf(each, now)}`),
  ].join(', ');
  const text = `in the last 24 hours: ${said}`;
  // Refusals that an accepted delivery has followed are over, whatever caused them.
  const open = refused.filter(({ last = 0 }) => last > (accepted.last ?? 0));
  const [worst] = open;
  const found = worst
    ? problem('deliveries', text, worst.next)
    : refused.length > 0
      ? info('deliveries', text)
      : ok('deliveries', text);
  return [found, ...previousOnly(stage, tallies.PreviousSecretUsed, accepted)];
}

function refusedBy(stage: Stage, tallies: Tallies): Refused[] {
  const { SignatureRejected: bad, TimestampRejected: stale } = tallies;
  const set = commandLine(stage.target, ['secret', 'set']);
  const isClock = stale.count > 0 && stale.count === bad.count;
  return [
    {
      ...bad,
      words: isClock ? 'refused for their timestamp' : 'refused for their signature',
      next: isClock
        ? 'their timestamps are more than five minutes off: check the clock of the sender, or whether something holds requests back or replays old ones'
        : `the secret here is probably that of another endpoint, or was not copied in full: copy it from this endpoint's page in the dashboard, then ${set}. Then reconcile what was refused`,
    },
    {
      ...sumOf(UNAVAILABLE.map((name) => tallies[name])),
      words: 'answered 503',
      next: 'see the check of the signing secret above, and the log of the verifier; Svix sends these deliveries again',
    },
    {
      ...tallies.SourceRejected,
      words: 'from outside the allow-list',
      next: 'compare sourceIpAllowList in stages.ts with the addresses that Svix sends from (docs/security.md)',
    },
    {
      ...tallies.BodyTooLarge,
      words: 'too large',
      next: 'nothing of them is kept: docs/runbook.md says how to get such an event back',
    },
  ];
}

function previousOnly(stage: Stage, previous: Tally, accepted: Tally): Finding[] {
  if (previous.last === undefined || previous.last < (accepted.last ?? 0)) return [];
  const set = commandLine(stage.target, ['secret', 'set']);
  return [
    warning(
      'deliveries',
      `${previous.count} deliveries were signed with the previous secret, also the last one: they will be refused when its grace period ends`,
      `copy the secret from this endpoint's page in the dashboard, then ${set}`,
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
