import { describe, expect, it } from 'vitest';
import { everySetting } from './support/settings.ts';
import { ofType, one, type Resource, synth } from './support/synth.ts';

const FUNCTION = 'AWS::Lambda::Function';
const template = synth();
const fn = (name: string, from = template): Resource => one(from, FUNCTION, name);
const ref = (type: string, part: string) => ({ Ref: idOf(type, part) });
const arn = (type: string, part: string) => ({ 'Fn::GetAtt': [idOf(type, part), 'Arn'] });
const idOf = (type: string, part: string) =>
  ofType(template, type).find(([id]) => id.includes(part))?.[0] as string;

const table = arn('AWS::DynamoDB::Table', 'Table');
const queue = arn('AWS::SQS::Queue', 'QueuesQueue');
const xray = {
  Action: ['xray:PutTelemetryRecords', 'xray:PutTraceSegments'],
  Effect: 'Allow',
  Resource: '*',
};

const allow = (Sid: string, Action: string | string[], Resource: unknown) => ({
  Action,
  Effect: 'Allow',
  Resource,
  Sid,
});
/** Under these keys only, and never in a call that names no key. */
const under = (...keys: string[]) => ({
  Condition: {
    'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': keys },
    Null: { 'dynamodb:LeadingKeys': 'false' },
  },
});
const writeLogs = (name: string) =>
  allow(
    'WriteLogs',
    ['logs:CreateLogStream', 'logs:PutLogEvents'],
    arn('AWS::Logs::LogGroup', `${name}Logs`),
  );
const policyOf = (name: string, from = template) =>
  one(from, 'AWS::IAM::Policy', `${name}Role`).Properties.PolicyDocument.Statement;

describe('functions', () => {
  it.each(['Verifier', 'Processor', 'Sweeper'])(
    '%s has the runtime and architecture of the design',
    (name) => {
      expect(fn(name).Properties).toMatchObject({
        Runtime: 'nodejs24.x',
        Architectures: ['arm64'],
        Handler: 'index.handler',
        LoggingConfig: { LogGroup: ref('AWS::Logs::LogGroup', `${name}Logs`) },
        Role: arn('AWS::IAM::Role', `${name}Role`),
        MemorySize: expect.any(Number),
      });
      // A new account has ten in total and cannot reserve any.
      expect(fn(name).Properties).not.toHaveProperty('ReservedConcurrentExecutions');
    },
  );

  it.each(['Verifier', 'Processor', 'Sweeper'])('%s has traces only if they are switched on', (name) => {
    const traced = synth({ tracing: 'active' });

    expect(fn(name).Properties).not.toHaveProperty('TracingConfig');
    expect(policyOf(name)).not.toContainEqual(xray);
    expect(fn(name, traced).Properties.TracingConfig).toEqual({ Mode: 'Active' });
    expect(policyOf(name, traced)).toContainEqual(xray);
  });

  it.each(['Verifier', 'Processor', 'Sweeper'])('%s has its own log group', (name) => {
    expect(one(template, 'AWS::Logs::LogGroup', `${name}Logs`).Properties).toEqual({
      LogGroupClass: 'STANDARD',
      RetentionInDays: 90,
    });
  });

  it('each function has its own role without AWS managed policies', () => {
    const roles = ofType(template, 'AWS::IAM::Role').map(([, { Properties }]) => Properties);

    expect(roles).toHaveLength(3);
    for (const role of roles) expect(role).not.toHaveProperty('ManagedPolicyArns');
  });
});

describe('policies', () => {
  it('the policy of the verifier allows exactly what it needs', () => {
    expect(policyOf('Verifier')).toEqual([
      writeLogs('Verifier'),
      { ...allow('StoreEvents', 'dynamodb:PutItem', table), ...under('event#*', 'body#*') },
      { ...allow('FindEvents', 'dynamodb:GetItem', table), ...under('event#*') },
      allow('QueueEvents', 'sqs:SendMessage', queue),
      allow(
        'ReadSigningSecret',
        'secretsmanager:GetSecretValue',
        ref('AWS::SecretsManager::Secret', 'Signing'),
      ),
    ]);
  });

  it('the policy of the processor allows exactly what it needs', () => {
    expect(policyOf('Processor')).toEqual([
      writeLogs('Processor'),
      {
        ...allow('ReadAndWriteEvents', ['dynamodb:GetItem', 'dynamodb:PutItem'], table),
        ...under('event#*', 'body#*', 'plan#*', 'run#*', 'occurrence#*', 'control#pause'),
      },
      { ...allow('ReadFence', 'dynamodb:GetItem', table), ...under('control#fence') },
      allow(
        'ReceiveEvents',
        ['sqs:ChangeMessageVisibility', 'sqs:DeleteMessage', 'sqs:GetQueueAttributes', 'sqs:ReceiveMessage'],
        queue,
      ),
      allow('GiveUpEvents', 'sqs:SendMessage', arn('AWS::SQS::Queue', 'DeadLetterQueue')),
      allow('Announce', 'sns:Publish', [ref('AWS::SNS::Topic', 'Notify'), ref('AWS::SNS::Topic', 'Publish')]),
      allow('EncryptAnnouncements', ['kms:Decrypt', 'kms:GenerateDataKey'], arn('AWS::KMS::Key', 'Key')),
      allow('ReadApiKey', 'secretsmanager:GetSecretValue', ref('AWS::SecretsManager::Secret', 'ApiKey')),
    ]);
  });

  it('the policy of the sweeper allows exactly what it needs', () => {
    expect(policyOf('Sweeper')).toEqual([
      writeLogs('Sweeper'),
      allow(
        'FindUnfinished',
        'dynamodb:Query',
        ['by-day', 'open'].map((index) => ({ 'Fn::Join': ['', [table, `/index/${index}`]] })),
      ),
      {
        ...allow('ReadUnfinished', 'dynamodb:BatchGetItem', table),
        ...under('event#*', 'run#*', 'occurrence#*', 'control#pause', 'control#sweep', 'control#census'),
      },
      {
        ...allow('RecordResent', 'dynamodb:PutItem', table),
        ...under('event#*', 'control#sweep', 'control#census'),
      },
      allow('ResendEvents', ['sqs:GetQueueAttributes', 'sqs:SendMessage'], queue),
    ]);
  });

  it('the policy of the processor allows the sensitive secrets and no others', () => {
    const statements = policyOf('Processor', synth(everySetting));

    expect(statements).toContainEqual(
      allow('ReadSensitiveInputs', 'secretsmanager:GetSecretValue', everySetting.sensitiveSecretArns[0]),
    );
    expect(statements).toContainEqual({
      ...allow('DecryptSensitiveInputs', 'kms:Decrypt', everySetting.sensitiveSecretKeyArns[0]),
      Condition: {
        StringEquals: {
          'kms:ViaService': ['.amazonaws.com', '.'].map((end) => ({
            'Fn::Join': [
              '',
              [
                'secretsmanager.',
                { Ref: 'AWS::Region' },
                end,
                ...(end === '.' ? [{ Ref: 'AWS::URLSuffix' }] : []),
              ],
            ],
          })),
        },
      },
    });
  });

  it('the policy of the processor allows deliveries to exactly the destinations', () => {
    const every = synth(everySetting);
    const handler = ofType(every, FUNCTION).find(([id]) => id.includes('persist'))?.[0];
    const { archive, team, bus } = everySetting.destinations;

    expect(policyOf('Processor', every)).toEqual(
      expect.arrayContaining([
        allow('DeliverToQueues', 'sqs:SendMessage', archive.queue),
        allow('DeliverToFunctions', 'lambda:InvokeFunction', [
          team.function,
          { 'Fn::GetAtt': [handler, 'Arn'] },
        ]),
        allow('DeliverToEventBuses', 'events:PutEvents', bus.eventBus),
      ]),
    );
  });

  it('the policy of a handler allows nothing but logs, traces and its own environment', () => {
    const { destinations, encryptionKey, tracing } = everySetting;
    const every = synth({ destinations, encryptionKey, tracing });
    const logs = ofType(every, 'AWS::Logs::LogGroup').find(([id]) => id.includes('persist'))?.[0];

    expect(policyOf('persist', every)).toEqual([
      allow('WriteLogs', ['logs:CreateLogStream', 'logs:PutLogEvents'], { 'Fn::GetAtt': [logs, 'Arn'] }),
      expect.objectContaining({ Sid: 'DecryptEnvironment', Action: 'kms:Decrypt' }),
      xray,
    ]);
  });

  it('Lambda may manage the interfaces of each function in a VPC, and the code of the function may not', () => {
    const { vpc, destinations } = everySetting;
    const inVpc = synth({ vpc, destinations });
    const isAllowed = (sid: string) => ({ Sid: sid, Resource: '*', Effect: 'Allow' });

    for (const [id, { Properties }] of ofType(inVpc, FUNCTION)) {
      expect(Properties.VpcConfig, id).toEqual({
        SubnetIds: vpc.subnetIds,
        SecurityGroupIds: vpc.securityGroupIds,
      });
    }
    for (const name of ['Verifier', 'Processor', 'Sweeper', 'persist']) {
      const statements = policyOf(name, inVpc);
      const [allowed, denied] = ['ManageNetworkInterfaces', 'KeepInterfacesFromCode'].map((sid) =>
        statements.find(({ Sid }: { Sid: string }) => Sid === sid),
      );
      expect(allowed).toMatchObject(isAllowed('ManageNetworkInterfaces'));
      expect(denied).toEqual({
        ...allowed,
        Sid: 'KeepInterfacesFromCode',
        Effect: 'Deny',
        Condition: { Null: { 'lambda:SourceFunctionArn': 'false' } },
      });
      expect(allowed.Action.filter((action: string) => !action.startsWith('ec2:'))).toEqual([]);
    }
    expect(JSON.stringify(template)).not.toMatch(/VpcConfig|ec2:/);
  });

  it('the policies of the verifier and the sweeper allow no sensitive secrets', () => {
    const every = synth(everySetting);

    for (const name of ['Verifier', 'Sweeper']) {
      const policy = JSON.stringify(policyOf(name, every));

      expect(policy).not.toContain('Sensitive');
      expect(policy).not.toContain(everySetting.sensitiveSecretKeyArns[0]);
    }
  });
});

describe('environment', () => {
  const variables = (name: string, from = template) => fn(name, from).Properties.Environment.Variables;
  const common = {
    POWERTOOLS_METRICS_NAMESPACE: 'CyberdeskWebhooks',
    POWERTOOLS_LOG_LEVEL: 'INFO',
    STACK_NAME: 'CyberdeskWebhooks-dev',
    STAGE: 'dev',
    EVENT_RETENTION_DAYS: '90',
    COMPLETION_RETENTION_DAYS: '120',
    TABLE_NAME: ref('AWS::DynamoDB::Table', 'Table'),
    QUEUE_URL: ref('AWS::SQS::Queue', 'QueuesQueue'),
  };

  it('the environment of the verifier has exactly its variables', () => {
    expect(variables('Verifier')).toEqual({
      ...common,
      BODY_RETENTION_DAYS: '90',
      POWERTOOLS_SERVICE_NAME: 'verifier',
      SIGNING_SECRET_ARN: ref('AWS::SecretsManager::Secret', 'Signing'),
      PREVIOUS_SECRET_GRACE_DAYS: '7',
      SECRET_CACHE_SECONDS: '300',
    });
  });

  it('the environment of the processor has exactly its variables', () => {
    expect(variables('Processor')).toEqual({
      ...common,
      BODY_RETENTION_DAYS: '90',
      NODE_OPTIONS: '--enable-source-maps',
      POWERTOOLS_SERVICE_NAME: 'processor',
      DLQ_URL: ref('AWS::SQS::Queue', 'DeadLetterQueue'),
      API_KEY_SECRET_ARN: ref('AWS::SecretsManager::Secret', 'ApiKey'),
      CYBERDESK_API_URL: 'https://api.cyberdesk.io',
      NOTIFY_TOPIC_ARN: ref('AWS::SNS::Topic', 'Notify'),
      PUBLISH_TOPIC_ARN: ref('AWS::SNS::Topic', 'Publish'),
      MAX_FOLLOW_UP_DEPTH: '5',
      FUNCTION_TIMEOUT_SECONDS: '55',
      LEASE_SECONDS: '60',
      IDEMPOTENCY_KEY_SECONDS: '70',
      REPEAT_UNANSWERED: 'true',
      // biome-ignore lint/suspicious/noTemplateCurlyInString: CloudFormation fills it in.
      INSTALLATION: { 'Fn::Sub': '${AWS::AccountId}/${AWS::Region}/${AWS::StackName}' },
      SENSITIVE_SECRET_ARNS: '',
    });
  });

  it('the environment of the sweeper has exactly its variables', () => {
    expect(variables('Sweeper')).toEqual({ ...common, POWERTOOLS_SERVICE_NAME: 'sweeper' });
  });

  it('the environments contain the settings of the stage', () => {
    const every = synth(everySetting, 'prod');

    expect(variables('Verifier', every)).toMatchObject({
      STAGE: 'prod',
      SOURCE_IP_ALLOW_LIST: '44.228.126.217/32,2600:1f24:64:8000::/56',
      PREVIOUS_SECRET_GRACE_DAYS: '1',
      EVENT_RETENTION_DAYS: '30',
      COMPLETION_RETENTION_DAYS: '120',
    });
    expect(variables('Processor', every)).toMatchObject({
      NEXT_WORKFLOW_ID: everySetting.workflowIds.next,
      INTAKE_FORM_WORKFLOW_ID: everySetting.workflowIds.intakeForm,
      SENSITIVE_SECRET_ARNS: everySetting.sensitiveSecretArns[0],
      MAX_FOLLOW_UP_DEPTH: '3',
      IDEMPOTENCY_KEY_SECONDS: '3600',
      REPEAT_UNANSWERED: 'false',
    });
  });
});

describe('invocation', () => {
  it('the stack gives the processor small batches and accepts partial failures', () => {
    expect(one(template, 'AWS::Lambda::EventSourceMapping').Properties).toEqual({
      BatchSize: 5,
      EventSourceArn: queue,
      FunctionName: ref(FUNCTION, 'Processor'),
      FunctionResponseTypes: ['ReportBatchItemFailures'],
      ScalingConfig: { MaximumConcurrency: 2 },
    });
  });

  it('the stack runs the sweeper every 15 minutes and drops a late run', () => {
    expect(one(template, 'AWS::Events::Rule').Properties).toMatchObject({
      ScheduleExpression: 'rate(15 minutes)',
      Targets: [{ RetryPolicy: { MaximumEventAgeInSeconds: 300, MaximumRetryAttempts: 0 } }],
    });
  });

  it('the stack uses an alias of the verifier, with provisioned concurrency if it is set', () => {
    const alias = 'AWS::Lambda::Alias';

    expect(one(template, alias).Properties).not.toHaveProperty('ProvisionedConcurrencyConfig');
    expect(one(synth(everySetting), alias).Properties.ProvisionedConcurrencyConfig).toEqual({
      ProvisionedConcurrentExecutions: 2,
    });
  });
});

describe('timeouts', () => {
  it('the timeouts end a processor before its lease and the lease before the visibility timeout', () => {
    const { Timeout, Environment } = fn('Processor').Properties;
    const { VisibilityTimeout } = one(template, 'AWS::SQS::Queue', 'QueuesQueue').Properties;
    const lease = Number(Environment.Variables.LEASE_SECONDS);

    expect(Number(Environment.Variables.FUNCTION_TIMEOUT_SECONDS)).toBe(Timeout);
    expect(Timeout).toBeLessThan(lease);
    expect(lease).toBeLessThan(VisibilityTimeout);
    expect(VisibilityTimeout).toBeGreaterThanOrEqual(6 * Timeout);
  });

  it('the timeouts end the verifier after its own deadline of 10 s and before Svix gives up after 15 s', () => {
    expect(fn('Verifier').Properties.Timeout).toBeGreaterThan(10);
    expect(fn('Verifier').Properties.Timeout).toBeLessThan(15);
  });
});
