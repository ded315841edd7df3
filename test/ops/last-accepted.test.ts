import { expect, it } from 'vitest';
import { HOUR } from '../../lambda/core/model/index.ts';
import { closedTooEarly, lastAccepted, waysOf } from '../../ops/logs/last-accepted.ts';
import type { Stage } from '../../ops/stage/stage.ts';
import { everySetting } from '../lib/support/settings.ts';
import { stubAws } from './support/aws.ts';
import { useStage } from './support/use-stage.ts';

const here = useStage();
const NOW = Date.parse('2026-11-25T10:00:00Z');

const template = {
  Resources: {
    VerifierFunction: {
      Type: 'AWS::Lambda::Function',
      Properties: {
        LoggingConfig: { LogGroup: { Ref: 'VerifierLogs' } },
        Environment: { Variables: { POWERTOOLS_SERVICE_NAME: 'verifier' } },
      },
    },
    VerifierLogs: { Type: 'AWS::Logs::LogGroup' },
  },
};

/** A deployed stage whose verifier has accepted webhooks: milliseconds ago, and what its log line says. */
function deployed(...accepted: [ago: number, facts: object][]) {
  const { clients } = stubAws({
    GetTemplate: { TemplateBody: JSON.stringify(template) },
    ListStackResources: {
      StackResourceSummaries: [{ LogicalResourceId: 'VerifierLogs', PhysicalResourceId: '/aws/group' }],
    },
    FilterLogEvents: ({ startTime, filterPattern }: Record<string, unknown>) => {
      expect(filterPattern).toBe('"webhook accepted"');
      const events = accepted.map(([ago, facts]) => ({
        eventId: String(ago),
        timestamp: NOW - ago,
        message: JSON.stringify({ level: 'INFO', message: 'webhook accepted', ...facts }),
      }));
      return { events: events.filter(({ timestamp }) => timestamp >= Number(startTime)) };
    },
  });
  const { cloudFormation, logs } = clients;
  const stage: Stage = { ...here.stage, clients: { ...here.stage.clients, cloudFormation, logs } };
  return lastAccepted(stage, NOW);
}

it('the way of the last accepted webhook is read from the log of the verifier', async () => {
  const last = await deployed(
    [1000, { host: 'webhooks.example.com', via: 'through' }],
    [2000, { host: 'api.example.com', via: 'direct' }],
  );

  expect(last).toEqual({ at: '2026-11-25T09:59:59.000Z', host: 'webhooks.example.com', isThrough: true });
});

it('the last accepted webhook is found if it is weeks ago, and if an earlier release has logged it', async () => {
  expect(await deployed([40 * 24 * HOUR, {}])).toMatchObject({ host: undefined, isThrough: false });
  expect(await deployed()).toBeUndefined();
});

const { hostedZone: _, ...domain } = everySetting.domain;
const at = '2026-11-25T09:59:59.000Z';
const closed = { domain, closeDefaultEndpoint: true } as const;
/** Everything is open, under the domain as well. */
const before = waysOf({ domain });
const required = { ...closed, originHeader: 'required' } as const;

it.each([
  [
    'by the URL of the gateway',
    closed,
    { host: 'a1.execute-api.eu-central-1.amazonaws.com', isThrough: false },
  ],
  ['in an earlier release', closed, { host: undefined, isThrough: false }],
  ['around CloudFront', required, { host: 'webhooks.example.com', isThrough: false }],
])('a deployment would close too early if the last webhook came %s', (_, settings, way) => {
  expect(closedTooEarly({ before, after: waysOf(settings) }, { at, ...way })).toEqual({
    text: expect.stringMatching(/which \w+ would refuse$/),
    next: expect.stringContaining('webhooks.example.com'),
  });
});

it.each([
  ['nothing is closed', { domain }, { host: 'a1.execute-api.eu-central-1.amazonaws.com', isThrough: false }],
  ['the last webhook came by the domain', closed, { host: 'webhooks.example.com', isThrough: false }],
  ['the last webhook came through CloudFront', required, { host: 'webhooks.example.com', isThrough: true }],
  ['nothing has been accepted yet', required, undefined],
])('a deployment may close what it wants if %s', (_, settings, way) => {
  expect(closedTooEarly({ before, after: waysOf(settings) }, way && { at, ...way })).toBeUndefined();
});
