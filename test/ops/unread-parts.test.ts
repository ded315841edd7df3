import { expect, it } from 'vitest';
import { DAY, MINUTE } from '../../lambda/core/model/index.ts';
import { checkSubscriptions } from '../../ops/doctor/alarm-mail.ts';
import { checkAlarms } from '../../ops/doctor/alarms.ts';
import { checkDeliveries } from '../../ops/doctor/deliveries.ts';
import { checkEncryption } from '../../ops/doctor/encryption.ts';
import { checkQueues } from '../../ops/doctor/queues.ts';
import { checkRuleSecrets } from '../../ops/doctor/rule-secrets.ts';
import { checkSigningSecret } from '../../ops/doctor/signing-secret.ts';
import { checkStatuses } from '../../ops/doctor/statuses.ts';
import { checkSweeper } from '../../ops/doctor/sweeper.ts';
import type { Clients } from '../../ops/stage/clients.ts';
import type { Stage } from '../../ops/stage/stage.ts';
import { awsError, stubAws } from './support/aws.ts';
import { useStage } from './support/use-stage.ts';

const here = useStage();
const SECRET = `whsec_${Buffer.alloc(24, 1).toString('base64')}`;
const denied = (action: string) =>
  awsError('AccessDeniedException', `not authorized to perform: ${action} on resource: x`);

/** A deployed stage with answers of these services in the place of its own. */
function stageWith(answers: Parameters<typeof stubAws>[0], ...replaced: (keyof Clients)[]): Stage {
  const { clients } = stubAws(answers);
  const picked = Object.fromEntries(replaced.map((name) => [name, clients[name]]));
  return { ...here.stage, isLocal: false, clients: { ...here.stage.clients, ...picked } };
}

/** A table whose key is disabled. */
const TABLE_DOWN = {
  GetItem: awsError('KMSAccessDeniedException'),
  Query: awsError('KMSAccessDeniedException'),
  BatchGetItem: awsError('KMSAccessDeniedException'),
};

const stateOf = ({ check, state, text }: { check: string; state: string; text: string }) =>
  `${check} ${state}: ${text}`;

it.each([
  [SECRET, 'warning', /^set and well-formed; whether a previous one is accepted could not be read: AWS does/],
  ['CHANGE-ME', 'problem', /^the signing secret is malformed: .*; whether a previous one is accepted/],
])(
  'doctor judges a current signing secret whose previous one it may not read: case %#',
  async (SecretString, state, text) => {
    const stage = stageWith(
      {
        GetSecretValue: ({ VersionStage }: Record<string, unknown>) =>
          VersionStage === 'AWSPREVIOUS'
            ? denied('secretsmanager:GetSecretValue')
            : { SecretString, CreatedDate: new Date() },
      },
      'secrets',
    );

    expect(await checkSigningSecret(stage)).toMatchObject({ state, text: expect.stringMatching(text) });
  },
);

it('doctor reports refused deliveries while the table does not say which of the accepted ones could not be used', async () => {
  const counted = ['SignatureRejected', 'EventUnprocessable'].map((Label) => ({
    Label,
    Timestamps: [new Date(Date.now() - MINUTE)],
    Values: [2],
  }));
  const stage = stageWith(
    { ...TABLE_DOWN, GetMetricData: { MetricDataResults: counted }, ListStackResources: {} },
    ...(['dynamoDb', 'cloudWatch', 'cloudFormation'] as const),
  );

  const [refused, ...others] = await checkDeliveries(stage);

  expect(refused).toMatchObject({ state: 'problem', text: expect.stringContaining('2 refused for their') });
  expect(others.map(stateOf)).toEqual([
    expect.stringMatching(
      /^deliveries warning: whether those that could not be used \(2 .*could not be read: /,
    ),
  ]);
});

it('doctor names alarms that ring, although it may not read which ones should exist', async () => {
  const ringing = { AlarmName: 'Stack/DeadLetters', StateValue: 'ALARM', AlarmActions: ['a'] };
  const stage = stageWith(
    { DescribeAlarms: { MetricAlarms: [ringing] }, GetTemplate: denied('cloudformation:GetTemplate') },
    ...(['cloudWatch', 'cloudFormation'] as const),
  );

  expect((await checkAlarms(stage)).map(stateOf)).toEqual([
    'alarms problem: in alarm: Stack/DeadLetters',
    expect.stringMatching(
      /^alarms warning: .* could not be read: AWS does not allow cloudformation:GetTemplate/,
    ),
  ]);
});

const TICKETS = 'arn:aws:sns:eu-west-1:123456789012:tickets';
const PAGES = 'arn:aws:sns:eu-west-1:123456789012:pages';

const withTopics = (stage: Stage): Stage => ({
  ...stage,
  outputs: { ...stage.outputs, alarmTopicArn: PAGES, ticketTopicArn: TICKETS },
});

it('doctor names addresses that are not confirmed, although it may not read which ones should receive alarms', async () => {
  const Subscriptions = [{ Endpoint: 'a@example.com', SubscriptionArn: 'PendingConfirmation' }];
  const stage = stageWith(
    {
      ListSubscriptionsByTopic: ({ TopicArn }: Record<string, unknown>) =>
        TopicArn === PAGES ? { Subscriptions } : denied('sns:ListSubscriptionsByTopic'),
      GetTemplate: denied('cloudformation:GetTemplate'),
    },
    ...(['sns', 'cloudFormation'] as const),
  );

  const found = await checkSubscriptions(withTopics(stage), async () => false);

  expect(found.map(stateOf)).toEqual([
    'alarm-mail warning: pages: a@example.com has not confirmed yet',
    expect.stringMatching(/^alarm-mail warning: tickets: the subscriptions could not be read: /),
    expect.stringMatching(/^alarm-mail warning: the addresses .* could not be read: /),
  ]);
});

it('doctor names an address that SNS has dropped, although it may not subscribe it again', async () => {
  const template = {
    Resources: {
      Mail: {
        Type: 'AWS::SNS::Subscription',
        Properties: { Protocol: 'email', Endpoint: 'a@example.com', TopicArn: { Ref: 'Pages' } },
      },
    },
    Outputs: { AlarmTopicArn: { Value: { Ref: 'Pages' } } },
  };
  const stage = stageWith(
    {
      ListSubscriptionsByTopic: { Subscriptions: [] },
      GetTemplate: { TemplateBody: JSON.stringify(template) },
      Subscribe: denied('sns:Subscribe'),
    },
    ...(['sns', 'cloudFormation'] as const),
  );

  const found = await checkSubscriptions(withTopics(stage), async () => true);

  expect(found.map(stateOf)).toEqual([
    expect.stringMatching(
      /^alarm-mail problem: pages: a@example.com did not confirm.* subscribed again: AWS does/,
    ),
    'alarm-mail warning: tickets reach no one',
  ]);
});

it('doctor counts the events that wait for a person while the table cannot be read', async () => {
  const { deadLetterQueueUrl } = here.stage.outputs;
  const stage = stageWith(
    {
      ...TABLE_DOWN,
      GetQueueAttributes: ({ QueueUrl }: Record<string, unknown>) => ({
        Attributes: { ApproximateNumberOfMessages: QueueUrl === deadLetterQueueUrl ? '7' : '2' },
      }),
    },
    ...(['dynamoDb', 'sqs'] as const),
  );

  expect((await checkQueues(stage)).map(stateOf)).toEqual([
    'dead-letters problem: waiting for a person: 7 events',
    'queue ok: 2 waiting, 0 being processed or deferred',
    expect.stringMatching(/^queue warning: the oldest unfinished event could not be read: /),
    expect.stringMatching(/^pause warning: whether calls to Cyberdesk are paused could not be read: /),
  ]);
});

it('doctor counts the events that wait for a person while the other queue cannot be read', async () => {
  const { deadLetterQueueUrl } = here.stage.outputs;
  const stage = stageWith(
    {
      GetQueueAttributes: ({ QueueUrl }: Record<string, unknown>) =>
        QueueUrl === deadLetterQueueUrl
          ? { Attributes: { ApproximateNumberOfMessages: '7' } }
          : denied('sqs:GetQueueAttributes'),
    },
    'sqs',
  );

  expect((await checkQueues(stage)).map(stateOf)).toEqual([
    'dead-letters problem: waiting for a person: 7 events',
    expect.stringMatching(/^queue warning: the number of messages could not be read: /),
  ]);
});

it('doctor names a secret of the rules that does not exist beside one that it may not describe', async () => {
  const arns = ['one', 'two', 'three'].map(
    (name) => `arn:aws:secretsmanager:eu-west-1:123456789012:secret:${name}-abcdef`,
  );
  const Variables = { SENSITIVE_SECRET_ARNS: arns.join(',') };
  const processor = { Type: 'AWS::Lambda::Function', Properties: { Environment: { Variables } } };
  const stage = stageWith(
    {
      GetTemplate: { TemplateBody: JSON.stringify({ Resources: { Processor: processor } }) },
      DescribeSecret: ({ SecretId }: Record<string, unknown>) => {
        if (SecretId === arns[0]) return denied('secretsmanager:DescribeSecret');
        if (SecretId === arns[1]) return awsError('ResourceNotFoundException');
        return { VersionIdsToStages: { v: ['AWSCURRENT'] } };
      },
    },
    ...(['secrets', 'cloudFormation'] as const),
  );

  expect((await checkRuleSecrets(stage)).map(stateOf)).toEqual([
    expect.stringMatching(/^rule-secrets warning: whether the secret one has a value could not be read: /),
    expect.stringMatching(/^rule-secrets problem: the secret two, .* does not exist or has no value$/),
  ]);
});

it('doctor says that the sweeper has not run, although it may not read its log', async () => {
  const stage = {
    ...stageWith(
      { GetMetricData: { MetricDataResults: [] }, GetTemplate: denied('cloudformation:GetTemplate') },
      ...(['cloudWatch', 'cloudFormation'] as const),
    ),
    since: 0,
  };

  expect((await checkSweeper(stage)).map(stateOf)).toEqual([
    expect.stringMatching(/^sweeper problem: the sweeper has not run in 24 hours/),
    expect.stringMatching(/^sweeper warning: whether the last sweep failed could not be read: /),
  ]);
});

it('doctor names an unknown status, although it may not read the events that have none', async () => {
  await here.service.deliver({ run: { status: 'paused' } });
  await here.service.deliver({ run: { status: 'not printable ✗' } });
  const { dynamoDb } = here.stage.clients;
  const send = async (command: object) => {
    if (command.constructor.name === 'BatchGetItemCommand') throw denied('dynamodb:BatchGetItem');
    return dynamoDb.send(command as never);
  };
  const stage = { ...here.stage, clients: { ...here.stage.clients, dynamoDb: { send } } } as unknown as Stage;

  expect((await checkStatuses(stage)).map(stateOf)).toEqual([
    expect.stringContaining('does not know the run status "paused" (1)'),
    expect.stringMatching(/^statuses warning: events without a stored status could not be read: /),
  ]);
});

const OWN = 'arn:aws:kms:eu-west-1:123456789012:key/own';
const EARLIER = 'arn:aws:kms:eu-west-1:123456789012:key/earlier';

it.each([
  ['the template', { GetTemplate: denied('cloudformation:GetTemplate') }],
  ['the table', { DescribeTable: denied('dynamodb:DescribeTable') }],
])('doctor reports a disabled key, although it may not read %s', async (_, refusals) => {
  const outputs = { ...here.stage.outputs, encryptionKeyArn: OWN, previousEncryptionKeyArns: [EARLIER] };
  const stage = stageWith(
    {
      GetTemplate: { TemplateBody: JSON.stringify({ Outputs: { EncryptionKeyArn: { Value: OWN } } }) },
      DescribeKey: { KeyMetadata: { KeyState: 'Disabled' } },
      ListStackResources: {},
      GetQueueAttributes: {},
      ...refusals,
    },
    ...(['cloudFormation', 'kms', 'dynamoDb', 'sqs'] as const),
  );

  const found = (await checkEncryption({ ...stage, outputs }, Date.now() + DAY)).map(stateOf);

  expect(found).toContain(
    `encryption problem: ${OWN} is Disabled: what it encrypts can be neither read nor written`,
  );
  expect(found.at(-1)).toMatch(/^encryption warning: .* could not be read: AWS does not allow/);
});
