import { afterEach, describe, expect, it } from 'vitest';
import { type CyberdeskApi, startCyberdeskApi } from '../../local/cyberdesk-api/server.ts';
import { checkSubscriptions } from '../../ops/doctor/alarm-mail.ts';
import { checkAlarms } from '../../ops/doctor/alarms.ts';
import { checkApiKey } from '../../ops/doctor/api-key.ts';
import { look } from '../../ops/doctor/check.ts';
import { checkCredentials, checkStack } from '../../ops/doctor/doctor.ts';
import { checkEndpoint } from '../../ops/doctor/endpoint.ts';
import { checkOtherStage } from '../../ops/doctor/other-stage.ts';
import { checkSigningSecret } from '../../ops/doctor/signing-secret.ts';
import { StackNotDeployedError } from '../../ops/errors.ts';
import { setApiKey, setSigningSecret } from '../../ops/secrets/set.ts';
import { awsError, stubAws } from './support/aws.ts';
import { createStage } from './support/stage.ts';
import { useStage } from './support/use-stage.ts';

const STACK = 'CyberdeskWebhooks-test';
const TOPIC = 'arn:aws:sns:eu-west-1:123456789012:alarms';
const SECRET = `whsec_${Buffer.from('a secret of twenty-four.').toString('base64')}`;
const template = {
  Resources: {
    Mail: {
      Type: 'AWS::SNS::Subscription',
      Properties: { Protocol: 'email', Endpoint: 'duty@example.com', TopicArn: { Ref: 'Alarms' } },
    },
    Other: {
      Type: 'AWS::SNS::Subscription',
      Properties: { Protocol: 'email', Endpoint: 'people@example.com', TopicArn: { Ref: 'Notify' } },
    },
  },
  Outputs: { AlarmTopicArn: { Value: { Ref: 'Alarms' } } },
};

let api: CyberdeskApi;
const here = useStage(async () => {
  api = await startCyberdeskApi({ apiKey: 'cd_right' });
  return { outputs: { cyberdeskApiUrl: api.url, alarmTopicArn: TOPIC } };
});
afterEach(() => api.close());

const withAws = (answers: Record<string, unknown>) => {
  const aws = stubAws({ GetTemplate: { TemplateBody: JSON.stringify(template) }, ...answers });
  const { sns, cloudFormation, cloudWatch } = aws.clients;
  return { aws, at: { ...here.stage, clients: { ...here.stage.clients, sns, cloudFormation, cloudWatch } } };
};

describe('checkCredentials and checkStack', () => {
  it('checkCredentials and checkStack name the account and the stack', async () => {
    const { clients } = stubAws({
      GetCallerIdentity: { Account: '123456789012', Arn: 'arn:aws:sts::123456789012:assumed-role/ops/me' },
      DescribeStacks: { Stacks: [{ StackStatus: 'UPDATE_COMPLETE' }] },
    });
    expect(await checkCredentials(clients)).toMatchObject({
      state: 'ok',
      text: expect.stringContaining('123456789012'),
    });
    expect(await checkStack(clients, 'S-dev', { stage: 'dev' })).toMatchObject({ state: 'ok' });
  });

  it.each([
    ['UPDATE_ROLLBACK_FAILED', 'problem'],
    ['UPDATE_IN_PROGRESS', 'warning'],
    ['UPDATE_ROLLBACK_COMPLETE', 'ok'],
  ])('a stack in %s is a finding of kind %s', async (StackStatus, state) => {
    const { clients } = stubAws({ DescribeStacks: { Stacks: [{ StackStatus }] } });
    expect(await checkStack(clients, 'S-dev', { stage: 'dev' })).toMatchObject({ state });
  });

  it('a stack whose first deployment failed is a finding with the way out, also for a plain cdk deploy', async () => {
    const Stacks = [{ StackStatus: 'ROLLBACK_COMPLETE', EnableTerminationProtection: true }];
    const { clients } = stubAws({ DescribeStacks: { Stacks } });
    const profile = 'mine';

    expect(await checkStack(clients, 'S-prod', { stage: 'prod', profile })).toMatchObject({
      state: 'problem',
      text: 'S-prod: ROLLBACK_COMPLETE, its first deployment failed, and it is protected from deletion',
      next: 'npm run deploy -- prod says what failed, and starts over; before a plain cdk deploy: aws cloudformation update-termination-protection --no-enable-termination-protection --stack-name S-prod --profile mine',
    });
  });

  it('a check that fails is a finding with the next step', async () => {
    const { clients } = stubAws({ GetCallerIdentity: awsError('ExpiredToken') });
    expect(await look('credentials', () => checkCredentials(clients))).toMatchObject([
      { state: 'problem', next: expect.stringContaining('sign in again') },
    ]);
  });
});

describe('checkSigningSecret and checkApiKey', () => {
  it('checkSigningSecret and checkApiKey report secrets that are not set', async () => {
    expect(await checkSigningSecret(here.stage)).toMatchObject({
      state: 'problem',
      next: expect.stringContaining('secret set'),
    });
    expect(await checkApiKey(here.stage)).toMatchObject({
      state: 'problem',
      next: expect.stringContaining('api-key set'),
    });
    await setSigningSecret(here.stage, SECRET);
    await setApiKey(here.stage, 'cd_right');
    expect(await checkSigningSecret(here.stage)).toMatchObject({ state: 'ok' });
    expect(await checkApiKey(here.stage)).toMatchObject({ state: 'ok' });
  });

  it('checkApiKey reports an API key that Cyberdesk rejects, without quoting it', async () => {
    await setApiKey(here.stage, 'cd_wrong');
    const finding = await checkApiKey(here.stage);
    expect(finding).toMatchObject({ state: 'problem', text: expect.stringContaining('401') });
    expect(JSON.stringify(finding)).not.toContain('cd_wrong');
  });

  it.each([401, 403])('checkApiKey does not accuse the API key of a page with %i', async (status) => {
    await setApiKey(here.stage, 'cd_right');
    const headers = { 'content-type': 'text/html' };
    api.faults.plant({ call: 'cyberdesk:*', do: 'fail', status, headers, times: 'always' });
    const finding = await checkApiKey(here.stage);
    expect(finding).toMatchObject({ state: 'warning', text: expect.stringContaining(String(status)) });
    expect(finding.next).toContain('a proxy or a firewall');
    expect(JSON.stringify(finding)).not.toContain('rejects');
  });

  it('checkApiKey reports the address if something other than Cyberdesk answers', async () => {
    await setApiKey(here.stage, 'cd_right');
    const cyberdeskApiUrl = `${here.stage.outputs.cyberdeskApiUrl}/v2`;
    const elsewhere = { ...here.stage, outputs: { ...here.stage.outputs, cyberdeskApiUrl } };
    expect(await checkApiKey(elsewhere)).toMatchObject({
      state: 'problem',
      next: expect.stringContaining(`is ${cyberdeskApiUrl} Cyberdesk's API?`),
    });
  });
});

describe('checkEndpoint', () => {
  it('checkEndpoint reports an endpoint that does not answer', async () => {
    expect(await look('endpoint', () => checkEndpoint(here.stage))).toMatchObject([{ state: 'problem' }]);
  });
});

describe('checkAlarms and checkSubscriptions', () => {
  const alarms = (...states: string[]) => ({
    DescribeAlarms: {
      MetricAlarms: states.map((StateValue, index) => ({
        AlarmName: `${STACK}/${index}`,
        StateValue,
        ActionsEnabled: true,
      })),
    },
  });

  it('checkAlarms reports alarms in state ALARM, and a stage without alarms', async () => {
    expect(await checkAlarms(withAws(alarms('OK', 'ALARM')).at)).toMatchObject([
      { state: 'problem', text: `in alarm: ${STACK}/1` },
    ]);
    expect(await checkAlarms(withAws(alarms()).at)).toMatchObject([{ state: 'problem' }]);
    expect(await checkAlarms(withAws(alarms('OK')).at)).toMatchObject([{ state: 'ok' }]);
  });

  it('checkAlarms warns of alarms whose actions are disabled', async () => {
    const states = [true, false, true].map((ActionsEnabled, index) => ({
      AlarmName: `${STACK}/${index}`,
      StateValue: 'OK',
      ActionsEnabled,
    }));
    expect(await checkAlarms(withAws({ DescribeAlarms: { MetricAlarms: states } }).at)).toMatchObject([
      { state: 'warning', text: '1 of 3 have their actions disabled' },
    ]);
  });

  it('checkAlarms reads all pages of alarms', async () => {
    const pages = (...states: string[]) => {
      const asked = new Set<string>();
      return {
        DescribeAlarms: ({ NextToken = '0' }) => {
          // Otherwise a token that is not passed on would be asked for without end.
          if (asked.has(NextToken)) return new Error('asked for the same page again');
          asked.add(NextToken);
          const page = Number(NextToken);
          const next = page + 1 < states.length ? { NextToken: String(page + 1) } : {};
          return { MetricAlarms: [{ AlarmName: `${STACK}/${page}`, StateValue: states[page] }], ...next };
        },
      };
    };
    const { at, aws } = withAws(pages('OK', 'OK', 'ALARM'));
    expect(await checkAlarms(at)).toMatchObject([{ text: `in alarm: ${STACK}/2` }]);
    expect(aws.called('DescribeAlarms')).toHaveLength(3);
  });

  it('checkAlarms names alarms that are in the template and not in the account', async () => {
    const Resources = Object.fromEntries(
      ['0', '1', '2', '3'].map((id) => [
        `Alarm${id}`,
        { Type: 'AWS::CloudWatch::Alarm', Properties: { AlarmName: `${STACK}/${id}` } },
      ]),
    );
    // They have no place in the list of the product's alarms, whether or not they have a name.
    const own = {
      Unnamed: { Type: 'AWS::CloudWatch::Alarm', Properties: {} },
      Named: { Type: 'AWS::CloudWatch::Alarm', Properties: { AlarmName: 'invoices' } },
    };
    const given = { TemplateBody: JSON.stringify({ Resources: { ...Resources, ...own } }) };
    const found = (...states: string[]) =>
      checkAlarms(withAws({ ...alarms(...states), GetTemplate: given }).at);
    expect(await found('OK')).toMatchObject([
      {
        state: 'problem',
        text: `3 of 4 do not exist: ${STACK}/1, ${STACK}/2, ${STACK}/3`,
        next: expect.stringContaining('npm run deploy -- dev'),
      },
    ]);
    expect(await found()).toMatchObject([
      { text: `4 of 4 do not exist: ${STACK}/0, ${STACK}/1, ${STACK}/2, ${STACK}/3` },
    ]);
    expect(await found('ALARM', 'OK')).toMatchObject([
      { text: `in alarm: ${STACK}/0` },
      { text: `2 of 4 do not exist: ${STACK}/2, ${STACK}/3` },
    ]);
    expect(await found('OK', 'OK', 'OK', 'OK')).toMatchObject([{ state: 'ok' }]);
  });

  it('checkAlarms names composite alarms as well, what mutes them, and no alarm that only others read', async () => {
    const states = (id: string, more: object = {}) => ({
      AlarmName: `${STACK}/${id}`,
      StateValue: 'ALARM',
      AlarmActions: [TOPIC],
      ...more,
    });
    const { at, aws } = withAws({
      DescribeAlarms: {
        MetricAlarms: [states('Cause'), states('Part', { AlarmActions: [] })],
        CompositeAlarms: [states('Effect', { ActionsSuppressedBy: 'Alarm' })],
      },
    });
    expect(await checkAlarms(at)).toMatchObject([
      { text: `in alarm: ${STACK}/Cause, ${STACK}/Effect (an effect of another one)` },
    ]);
    expect(aws.called('DescribeAlarms')).toMatchObject([
      { input: { AlarmTypes: ['MetricAlarm', 'CompositeAlarm'] } },
    ]);
    const Composite = {
      Type: 'AWS::CloudWatch::CompositeAlarm',
      Properties: { AlarmName: `${STACK}/Gone` },
    };
    const given = { TemplateBody: JSON.stringify({ Resources: { Composite } }) };
    expect(await checkAlarms(withAws({ ...alarms('OK'), GetTemplate: given }).at)).toMatchObject([
      { text: `1 of 1 do not exist: ${STACK}/Gone` },
    ]);
  });

  const subscribed = (...entries: [string, string][]) => ({
    ListSubscriptionsByTopic: {
      Subscriptions: entries.map(([Endpoint, SubscriptionArn]) => ({ Endpoint, SubscriptionArn })),
    },
    Subscribe: {},
  });

  it('checkSubscriptions accepts a confirmed address', async () => {
    const { at, aws } = withAws(subscribed(['duty@example.com', `${TOPIC}:1`]));
    expect(await checkSubscriptions(at, async () => true)).toMatchObject([{ state: 'ok' }]);
    expect(aws.called('Subscribe')).toEqual([]);
  });

  it('checkSubscriptions reads all pages of subscriptions, and subscribes no address twice', async () => {
    let first = true;
    const { at, aws } = withAws({
      ListSubscriptionsByTopic: ({ NextToken }: { NextToken?: string }) => {
        if (NextToken === 'more') {
          return { Subscriptions: [{ Endpoint: 'duty@example.com', SubscriptionArn: `${TOPIC}:2` }] };
        }
        if (!first) return new Error('asked for the same page again');
        first = false;
        const Subscriptions = [{ Endpoint: 'other@example.com', SubscriptionArn: `${TOPIC}:1` }];
        return { Subscriptions, NextToken: 'more' };
      },
      Subscribe: {},
    });
    expect(await checkSubscriptions(at, async () => true)).toMatchObject([
      { state: 'ok', text: 'pages: 2 confirmed subscriptions' },
    ]);
    expect(aws.called('Subscribe')).toEqual([]);
  });

  it('checkSubscriptions warns of a pending confirmation, and does not subscribe again', async () => {
    const { at, aws } = withAws(subscribed(['duty@example.com', 'PendingConfirmation']));
    expect(await checkSubscriptions(at, async () => true)).toMatchObject([{ state: 'warning' }]);
    expect(aws.called('Subscribe')).toEqual([]);
  });

  it('checkSubscriptions subscribes an address again if its confirmation expired, if allowed', async () => {
    const refused = withAws(subscribed());
    expect(await checkSubscriptions(refused.at, async () => false)).toMatchObject([{ state: 'problem' }]);
    expect(refused.aws.called('Subscribe')).toEqual([]);
    const { at, aws } = withAws(subscribed());
    expect(await checkSubscriptions(at, async () => true)).toMatchObject([{ state: 'warning' }]);
    expect(aws.called('Subscribe')).toMatchObject([
      { input: { TopicArn: TOPIC, Endpoint: 'duty@example.com' } },
    ]);
  });
});

describe('checkSubscriptions of a stage with two severities', () => {
  const TICKETS = `${TOPIC}-tickets`;
  const Tickets = {
    Type: 'AWS::SNS::Subscription',
    Properties: { Protocol: 'email', Endpoint: 'team@example.com', TopicArn: { Ref: 'Tickets' } },
  };
  const both = {
    Resources: { ...template.Resources, Tickets },
    Outputs: { ...template.Outputs, TicketTopicArn: { Value: { Ref: 'Tickets' } } },
  };
  const check = (subscriptions: Record<string, [string, string][]>) => {
    const { at, aws } = withAws({
      GetTemplate: { TemplateBody: JSON.stringify(both) },
      ListSubscriptionsByTopic: ({ TopicArn }: { TopicArn: string }) => ({
        Subscriptions: (subscriptions[TopicArn] ?? []).map(([Endpoint, SubscriptionArn]) => ({
          Endpoint,
          SubscriptionArn,
        })),
      }),
      Subscribe: {},
    });
    const stage = { ...at, outputs: { ...at.outputs, ticketTopicArn: TICKETS } };
    return { aws, findings: checkSubscriptions(stage, async () => true) };
  };

  it('checkSubscriptions names the addresses of pages and of tickets that are not confirmed', async () => {
    const { findings } = check({
      [TOPIC]: [['duty@example.com', `${TOPIC}:1`]],
      [TICKETS]: [['team@example.com', 'PendingConfirmation']],
    });
    expect(await findings).toMatchObject([
      { state: 'ok', text: 'pages: 1 confirmed subscription' },
      { state: 'warning', text: 'tickets: team@example.com has not confirmed yet' },
    ]);
  });

  it('checkSubscriptions subscribes a lapsed address to the topic that it belongs to', async () => {
    const { aws, findings } = check({ [TOPIC]: [['duty@example.com', `${TOPIC}:1`]] });
    expect(await findings).toMatchObject([
      { state: 'ok' },
      { state: 'warning', text: expect.stringContaining('tickets: team@example.com did not confirm') },
    ]);
    expect(aws.called('Subscribe')).toMatchObject([
      { input: { TopicArn: TICKETS, Endpoint: 'team@example.com' } },
    ]);
  });

  it('checkSubscriptions says which setting is missing if tickets reach no one', async () => {
    const { alarmTopicArn: _, ...outputs } = here.stage.outputs;
    const at = { ...here.stage, outputs: { ...outputs, alarmTopicArn: TOPIC, ticketTopicArn: TICKETS } };
    const { sns, cloudFormation } = withAws({
      GetTemplate: { TemplateBody: JSON.stringify({ Resources: {}, Outputs: {} }) },
      ListSubscriptionsByTopic: { Subscriptions: [] },
    }).aws.clients;
    const stage = { ...at, clients: { ...at.clients, sns, cloudFormation } };
    expect(await checkSubscriptions(stage, async () => true)).toMatchObject([
      { text: 'pages reach no one', next: expect.stringContaining('alarms.emails') },
      { text: 'tickets reach no one', next: expect.stringContaining('alarms.ticketEmails') },
    ]);
  });
});

describe('checkOtherStage', () => {
  const other = async (key: string) => {
    const prod = await createStage(here.emulators, { name: 'prod', outputs: { cyberdeskApiUrl: api.url } });
    await setSigningSecret(prod, SECRET);
    await setApiKey(prod, key);
    return prod;
  };

  it('checkOtherStage warns if both stages belong to the same organisation', async () => {
    await setApiKey(here.stage, 'cd_right');
    api.seedRun({ workflow_id: '44444444-4444-4444-8444-444444444444' });
    const prod = await other('cd_right');
    expect(await checkOtherStage(here.stage, async () => prod)).toMatchObject({ state: 'warning' });
  });

  it('checkOtherStage does not warn if the other stage is not deployed or has no signing secret', async () => {
    const none = () => Promise.reject(new StackNotDeployedError('S', { stage: 'prod', region: '' }));
    expect(await checkOtherStage(here.stage, none)).toMatchObject({ state: 'skipped' });
    const deaf = await createStage(here.emulators, { name: 'prod' });
    expect(await checkOtherStage(here.stage, async () => deaf)).toMatchObject({ state: 'ok' });
  });
});
