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
  { answers = {}, api = {}, variables = {}, settings = {} as StageSettings } = {},
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
  const aws = account({
    DescribeStacks: { Stacks: [{ StackStatus: 'UPDATE_COMPLETE', Outputs: stackOutputs() }] },
    GetTemplate: { TemplateBody: JSON.stringify({ Resources: { Verifier, Api } }) },
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
