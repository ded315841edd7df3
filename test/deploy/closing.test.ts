import { expect, it } from 'vitest';
import { checkClosing } from '../../bin/before-deploy/checks/closing.ts';
import type { StageSettings } from '../../lib/settings/stage-settings.ts';
import { awsError, stackOutputs } from '../ops/support/aws.ts';
import { ACCOUNT, account, placeIn, REGION } from './support.ts';

const domain = {
  domainName: 'hooks.example.com',
  certificateArn: `arn:aws:acm:${REGION}:${ACCOUNT}:certificate/0a1b2c3d`,
};
const EXECUTE_API = 'abc.execute-api.eu-west-1.amazonaws.com';

/** A stage whose last webhook came by this host; deployed with an endpoint that is open, unless it is said otherwise. */
function deployed(
  host: string,
  {
    answers = {},
    api = {},
    variables = {},
    settings = {} as StageSettings,
    domainUrl = '',
    resources = {},
  } = {},
) {
  const Verifier = {
    Type: 'AWS::Lambda::Function',
    Properties: {
      LoggingConfig: { LogGroup: { Ref: 'Logs' } },
      Environment: { Variables: { POWERTOOLS_SERVICE_NAME: 'verifier', ...variables } },
    },
  };
  const Api = { Type: 'AWS::ApiGatewayV2::Api', Properties: api };
  const message = JSON.stringify({ level: 'INFO', message: 'webhook accepted', host });
  const Outputs = domainUrl === '' ? {} : { DomainUrl: { Value: domainUrl } };
  const aws = account({
    DescribeStacks: { Stacks: [{ StackStatus: 'UPDATE_COMPLETE', Outputs: stackOutputs() }] },
    GetTemplate: { TemplateBody: JSON.stringify({ Resources: { Verifier, Api, ...resources }, Outputs }) },
    ListStackResources: {
      StackResourceSummaries: [{ LogicalResourceId: 'Logs', PhysicalResourceId: 'logs' }],
    },
    FilterLogEvents: { events: [{ eventId: '1', timestamp: Date.now(), message }] },
    ...answers,
  });
  return checkClosing(placeIn(aws, { domain, closeDefaultEndpoint: true, ...settings }));
}

it('a host that is closed while webhooks come by it is a problem', async () => {
  expect(await deployed(EXECUTE_API)).toMatchObject([
    { state: 'problem', text: expect.stringContaining(`came by ${EXECUTE_API}`) },
  ]);
});

it('a host by which no webhook comes any more may be closed', async () => {
  expect(await deployed('hooks.example.com')).toEqual([]);
});

it('a host is not closed if the log of the verifier may not be read, and the permission is named', async () => {
  const answers = {
    FilterLogEvents: awsError('AccessDeniedException', 'not authorized to perform: logs:FilterLogEvents'),
  };

  expect(await deployed(EXECUTE_API, { answers })).toEqual([
    expect.objectContaining({
      state: 'problem',
      text: expect.stringMatching(/could not be read: AWS does not allow logs:FilterLogEvents/),
      next: expect.stringContaining('--yes'),
    }),
  ]);
});

const closed = { DisableExecuteApiEndpoint: true };

it('a host that is closed already is not asked about again', async () => {
  const answers = { FilterLogEvents: awsError('AccessDeniedException') };

  expect(await deployed(EXECUTE_API, { api: closed, answers })).toEqual([]);
});

it('an origin header that becomes required closes the way around CloudFront, although the host is closed already', async () => {
  const settings = { originHeader: 'required' } as const;
  const optional = { api: closed, settings, variables: { ORIGIN_HEADER: 'optional' } };
  const required = { api: closed, settings, variables: { ORIGIN_HEADER: 'required' } };

  expect(await deployed('hooks.example.com', optional)).toMatchObject([
    { state: 'problem', text: expect.stringContaining('came around CloudFront') },
  ]);
  expect(await deployed('hooks.example.com', required)).toEqual([]);
});

const OLD = 'old.example.com';
const domainUrl = `https://${OLD}/webhooks/cyberdesk`;
const open = { closeDefaultEndpoint: false };

it.each([
  ['the domain changes', open, {}, 'once the domain is hooks.example.com', /^enter the URL of the gateway/],
  [
    'the domain is dropped',
    { ...open, domain: undefined },
    {},
    'once the domain is dropped',
    /^enter the URL of/,
  ],
  [
    'it changes behind a closed gateway',
    {},
    closed,
    'is hooks.example.com',
    /^deploy with the domain as it was/,
  ],
])('a domain by which webhooks come is not closed: %s', async (_, settings, api, why, next) => {
  expect(await deployed(OLD, { domainUrl, api, settings: settings as StageSettings })).toEqual([
    {
      check: 'endpoint',
      state: 'problem',
      text: expect.stringMatching(new RegExp(`came by ${OLD}, and ${OLD} no longer answers .*${why}$`)),
      next: expect.stringMatching(next),
    },
  ]);
});

it('a domain by which no webhook comes may change, and one that stays is not asked about', async () => {
  const answers = { FilterLogEvents: awsError('AccessDeniedException') };
  const same = 'https://Hooks.Example.com/webhooks/cyberdesk';

  expect(await deployed(EXECUTE_API, { domainUrl, settings: open })).toEqual([]);
  expect(await deployed(OLD, { domainUrl: same, settings: open, answers })).toEqual([]);
  expect(await deployed(OLD, { settings: { ...open, domain: undefined } as object, answers })).toEqual([]);
});

it('a domain by which webhooks come keeps the record of the stack, and may lose one of its own', async () => {
  const record = (AliasTarget: object) => ({
    A: { Type: 'AWS::Route53::RecordSet', Properties: { AliasTarget } },
  });
  const ours = record({ DNSName: { 'Fn::GetAtt': ['DomainName', 'RegionalDomainName'] } });
  const own = record({ DNSName: { 'Fn::GetAtt': ['Distribution', 'DomainName'] } });
  const same = { domainUrl: 'https://hooks.example.com/webhooks/cyberdesk', settings: open };

  expect(await deployed('hooks.example.com', { ...same, resources: ours })).toMatchObject([
    {
      state: 'problem',
      text: expect.stringContaining('without domain.hostedZone the record of hooks.example.com'),
    },
  ]);
  expect(await deployed(EXECUTE_API, { ...same, resources: ours })).toEqual([]);
  expect(await deployed('hooks.example.com', { ...same, resources: own })).toEqual([]);
});
