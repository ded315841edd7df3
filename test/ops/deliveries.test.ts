import { beforeEach, describe, expect, it } from 'vitest';
import { MINUTE } from '../../lambda/core/model/time.ts';
import { checkDeliveries } from '../../ops/doctor/deliveries.ts';
import type { Stage } from '../../ops/stage/stage.ts';
import { stubAws } from './support/aws.ts';
import { CRASHED, ENDPOINT_RESOURCES, NOT_STARTED, SERVER_ERRORS } from './support/endpoint.ts';
import { useStage } from './support/use-stage.ts';

const here = useStage();
let now: number;
beforeEach(() => {
  now = Date.now();
});

/** What the doctor finds if these metrics were counted so many minutes ago, once each unless said otherwise. */
type Counted = [name: string, minutesAgo: number, count?: number];
const found = (...counted: Counted[]) => foundSince(0, ...counted);

/** The same in a local run that began then. */
const foundSince = (since: number, ...counted: Counted[]) => foundIn({ since, isLocal: true }, ...counted);

/** In a stage of which only these resources can be listed. */
function foundAmong(listed: object[], where: Partial<Stage>, ...counted: Counted[]) {
  const { clients } = stubAws({
    ListStackResources: { StackResourceSummaries: listed },
    GetMetricData: {
      MetricDataResults: counted.map(([Label, minutesAgo, count = 1]) => ({
        Label,
        Timestamps: [new Date(now - minutesAgo * MINUTE)],
        Values: [count],
      })),
    },
  });
  return checkDeliveries(
    {
      ...here.stage,
      ...where,
      clients: { ...here.stage.clients, ...clients, dynamoDb: here.stage.clients.dynamoDb },
    },
    now,
  );
}

const foundIn = (where: Partial<Stage>, ...counted: Counted[]) =>
  foundAmong(ENDPOINT_RESOURCES, where, ...counted);

describe('what the doctor says of deliveries', () => {
  it('the doctor is content with deliveries that are all accepted', async () => {
    await here.service.deliver();

    expect(await found(['EventAccepted', 1, 3])).toMatchObject([
      { check: 'deliveries', state: 'ok', text: expect.stringContaining('3 accepted (last from Cyberdesk ') },
    ]);
  });

  it('the doctor says that a local run does not count what came before it', async () => {
    await here.service.deliver();
    const [finding] = await foundSince(now + MINUTE);

    expect(finding?.text).toBe(
      'in the last 24 hours: 0 accepted since the local run began (before that, the last from Cyberdesk just now)',
    );
  });

  it('the doctor says of a deployed stage that its counts are late', async () => {
    const [finding] = await foundIn({ isLocal: false }, ['EventAccepted', 1]);

    expect(finding?.text).toBe('in the last 24 hours (CloudWatch is a minute or two behind): 1 accepted');
  });

  it.each([
    ['SignatureRejected', '2 refused for their signature', 'secret set'],
    ['BodyTooLarge', '2 refused as too large', 'docs/runbook.md'],
    ['SourceRejected', '2 refused as from outside the allow-list', 'sourceIpAllowList'],
    ['DependencyFailed', '2 refused for now (503), as a service', 'logs'],
    ['SigningSecretMalformed', '2 refused for now (503) without a usable', 'secret set'],
    ['RequestThrottled', '2 throttled (429)', 'raise throttle in stages.ts'],
  ])(
    'the doctor reports a problem, with the next step, if the last deliveries were refused (%s)',
    async (name, words, next) => {
      const [finding] = await found(['EventAccepted', 30], [name, 2, 2]);

      expect(finding).toMatchObject({ state: 'problem', next: expect.stringContaining(next) });
      expect(finding?.text).toContain(words);
    },
  );

  it.each([
    [
      'the verifier failed',
      CRASHED,
      '2 unanswered (5xx), as the verifier crashed',
      'logs --since 1d --stage',
    ],
    ['Lambda did not start it', NOT_STARTED, '2 unanswered (5xx), as Lambda throttled', 'lower throttle'],
    ['nothing else is counted', SERVER_ERRORS, '2 unanswered (5xx), as the gateway', 'lambdaStatus'],
  ])(
    'the doctor reports deliveries of a deployed stage that got no response as a problem, with the next step, where %s',
    async (_, metric, words, next) => {
      const counted = new Map<string, Counted>();
      for (const name of [SERVER_ERRORS, metric]) counted.set(name, [name, 2, 2]);
      const [finding] = await foundIn({ isLocal: false }, ['EventAccepted', 30], ...counted.values());

      expect(finding).toMatchObject({ state: 'problem', next: expect.stringContaining(next) });
      expect(finding?.text).toMatch(/1 accepted, 2 unanswered[^,]*, as [^,]* \(last \d+m ago\)$/);
      expect(finding?.text).toContain(words);
    },
  );

  it('the doctor does not take the 503 of a verifier for a delivery without a response', async () => {
    const counted: Counted[] = [
      ['DependencyFailed', 2, 2],
      [CRASHED, 2],
      [SERVER_ERRORS, 2, 3],
    ];
    const [finding] = await foundIn({ isLocal: false }, ...counted);

    expect(finding?.text).toContain('1 unanswered (5xx), as the verifier crashed');
    expect(finding?.text).not.toContain('as the gateway');
  });

  it('the doctor says that it does not know of deliveries without a response if it may not list the stack', async () => {
    const [finding] = await foundAmong([], { isLocal: false }, ['EventAccepted', 1]);

    expect(finding?.text).toContain('those without a response are unknown');
  });

  it('the doctor suspects a clock, and not the secret, if timestamps of deliveries are off', async () => {
    const [finding] = await found(['SignatureRejected', 2, 4], ['TimestampRejected', 2, 4]);

    expect(finding?.next).toContain('clock');
    expect(finding?.next).not.toContain('secret set');
  });

  it('the doctor names each cause of open refusals, the latest first', async () => {
    const [finding] = await found(['SignatureRejected', 4, 3], ['DependencyFailed', 2]);

    expect(finding?.text).toContain('3 refused for their signature');
    expect(finding?.next).toMatch(/ logs .*; and: .*secret set/);
  });

  it('the doctor does not warn of a test of its own command that could not be used', async () => {
    await here.service.receive('{ "event_id": "test:1", "event_type": "run_complete", "run": {} }');

    expect(await found(['EventUnprocessable', 0])).toHaveLength(1);
  });

  it('the doctor warns of authentic deliveries that could not be used, and says which they are', async () => {
    await here.service.receive('{ "event_type": "run_complete", "run": {} }');

    expect(await found(['EventAccepted', 1], ['EventUnprocessable', 5, 2])).toMatchObject([
      { state: 'ok' },
      {
        state: 'warning',
        text: expect.stringContaining('authentic deliveries that could not be used: 2'),
        next: expect.stringContaining('events list --state unprocessable'),
      },
    ]);
  });

  it('the doctor only mentions deliveries that were refused before one was accepted', async () => {
    await here.service.deliver();

    expect(await found(['SignatureRejected', 30, 5])).toMatchObject([{ state: 'info' }]);
  });

  it('the doctor takes a delivery for accepted that was stored, answered 503 and accepted when it was sent again', async () => {
    expect(await found(['DependencyFailed', 3], ['EventDuplicate', 2])).toMatchObject([
      { state: 'info', text: expect.stringContaining('1 accepted (last from Cyberdesk ') },
    ]);
  });

  it('the doctor takes a refusal for over if a delivery was accepted in the same minute, which is all that CloudWatch knows', async () => {
    await here.service.deliver();
    const minute = (now % MINUTE) / MINUTE;

    for (const [minutesAgo, state] of [
      [minute, 'info'],
      [minute - 1, 'problem'],
    ] as const)
      expect(await foundIn({ isLocal: false }, ['DependencyFailed', minutesAgo])).toMatchObject([{ state }]);
  });

  it('the doctor does not let its own probe hide that deliveries of the sender are refused', async () => {
    await here.service.deliver({ event_id: 'probe:1', run: { id: 'probe:1' } });

    expect(await found(['EventAccepted', 0], ['SignatureRejected', 5])).toMatchObject([{ state: 'problem' }]);
  });

  it('the doctor warns of deliveries that only the previous secret has signed', async () => {
    expect(await found(['PreviousSecretUsed', 0, 2])).toMatchObject([
      { state: 'ok' },
      { state: 'warning', next: expect.stringContaining('secret set') },
    ]);
  });

  it('the doctor warns of events that were taken for an end that another event had reported', async () => {
    expect(await found(['MergedWithoutEnd', 0, 2])).toMatchObject([
      { state: 'ok' },
      {
        state: 'warning',
        text: expect.stringContaining('without ended_at'),
        next: expect.stringContaining('ended_at'),
      },
    ]);
  });
});
