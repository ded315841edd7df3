import { commandLine } from '../stage/command-line.ts';
import type { Tally } from '../stage/metrics.ts';
import type { Stage } from '../stage/stage.ts';
import { type Answers, sumOf, WITHOUT_SECRET } from './answers.ts';

/** Deliveries that got no 2xx for one cause, and what to do about it. */
export interface Refused extends Tally {
  words: string;
  next: string;
}

/** Every cause for which a delivery got no 2xx, in the order in which it travels; counted or not. */
export function refusedBy(stage: Stage, tallies: Answers): Refused[] {
  return [...byVerifier(stage, tallies), ...byGateway(stage, tallies)];
}

function byVerifier(stage: Stage, tallies: Answers): Refused[] {
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
  ];
}

/** Of whoever sent them: nothing is known of them but that there was a request. */
function byGateway(stage: Stage, { RequestThrottled, crashed, notStarted, notCalled }: Answers): Refused[] {
  const again = 'Svix sends its deliveries again';
  return [
    {
      ...RequestThrottled,
      words: 'throttled (429)',
      next: `raise throttle in stages.ts, if the access log shows that they were from Svix (docs/runbook.md); ${again}`,
    },
    {
      ...crashed,
      words: 'unanswered (5xx), as the verifier crashed or timed out',
      next: `${commandLine(stage.target, ['logs'], { since: '1d' })} shows how it ended; if that began with a deployment, deploy the release before it; ${again}`,
    },
    {
      ...notStarted,
      words: 'unanswered (5xx), as Lambda throttled the verifier',
      next: `the account has no concurrency left: ask for more (Service Quotas, "Concurrent executions"), or lower throttle in stages.ts until then; ${again}`,
    },
    {
      ...notCalled,
      words: 'unanswered (5xx), as the gateway got no response from the verifier',
      next: `lambdaStatus in the access log says why (docs/runbook.md, "Server errors"): with 403, the permission to call the verifier is missing; ${again}`,
    },
  ];
}
