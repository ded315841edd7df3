import { describe, expect, it } from 'vitest';
import { checkBootstrap } from '../../bin/before-deploy/checks/bootstrap.ts';
import { checkClosing } from '../../bin/before-deploy/checks/closing.ts';
import { checkDomain } from '../../bin/before-deploy/checks/domain.ts';
import { checkKeys } from '../../bin/before-deploy/checks/keys.ts';
import { checkLogGroup } from '../../bin/before-deploy/checks/log-group.ts';
import { checkPlace } from '../../bin/before-deploy/checks/place.ts';
import { checkPreviousKeys } from '../../bin/before-deploy/checks/previous-keys.ts';
import { checkQuota } from '../../bin/before-deploy/checks/quota.ts';
import { checkRegion } from '../../bin/before-deploy/checks/region.ts';
import { preFlight } from '../../bin/before-deploy/pre-flight.ts';
import { neededStatements, placeOfKey } from '../../lib/encryption/key-statements.ts';
import type { StageSettings } from '../../lib/settings/stage-settings.ts';
import { awsError, stackOutputs } from '../ops/support/aws.ts';
import {
  ACCOUNT,
  account,
  answers,
  BOOTSTRAP,
  placeIn,
  REGION,
  SERVICES,
  STACK,
  serviceName,
} from './support.ts';

const texts = (findings: readonly { state: string; text: string }[]) =>
  findings.map(({ state, text }) => `${state}: ${text}`);

describe('checkBootstrap', () => {
  const parameters = (version: string | undefined, services: readonly string[]) => ({
    GetParameters: {
      Parameters: [
        ...(version === undefined ? [] : [{ Name: BOOTSTRAP, Value: version }]),
        ...services.map((service) => ({ Name: serviceName(service), Value: service })),
      ],
    },
  });
  const check = async (answer: Record<string, unknown>) =>
    texts(await checkBootstrap(placeIn(account(answer))));

  it('an account without a bootstrap is a problem', async () => {
    expect(await check(parameters(undefined, SERVICES))).toEqual([
      `problem: account ${ACCOUNT} is not prepared for CDK in ${REGION}`,
    ]);
  });

  it('a bootstrap that is too old is a problem', async () => {
    expect(await check(parameters('5', SERVICES))).toEqual([
      `problem: the bootstrap of ${REGION} has version 5; 6 is needed`,
    ]);
  });

  it('a region without one of the services is a problem', async () => {
    expect(
      await check(
        parameters(
          '28',
          SERVICES.filter((one) => one !== 'lambda'),
        ),
      ),
    ).toContain(`problem: ${REGION} does not offer lambda`);
  });

  it('a partition that publishes no list of services is no problem', async () => {
    expect(await check(parameters('28', []))).toEqual([
      'ok: version 28',
      `info: AWS publishes no list of services of ${REGION}`,
    ]);
  });

  it('a qualifier of their own is part of the advice', async () => {
    const place = placeIn(account(parameters('28', SERVICES)), {}, { qualifier: 'mine' });

    expect((await checkBootstrap(place))[0]?.next).toContain('--qualifier mine');
  });
});

describe('checkQuota', () => {
  const check = async (all: number, settings: StageSettings = {}) => {
    const AccountLimit = { ConcurrentExecutions: all, UnreservedConcurrentExecutions: all };
    return texts(await checkQuota(placeIn(account({ GetAccountSettings: { AccountLimit } }), settings)));
  };

  it('the ten functions of a new account are a warning, and a problem with provisioned concurrency', async () => {
    expect(await check(10)).toEqual([
      expect.stringMatching(/^warning: this account runs 10 functions at once/),
    ]);
    expect(await check(10, { throttle: { burst: 5 } })).toEqual([expect.stringMatching(/^ok/)]);
    expect(await check(10, { provisionedConcurrency: 1 })).toEqual([
      expect.stringMatching(/^problem: .* leave 9 of 10/),
    ]);
  });

  it('provisioned concurrency must leave a hundred', async () => {
    expect(await check(1000, { provisionedConcurrency: 900 })).toEqual([expect.stringMatching(/^ok/)]);
    expect(await check(1000, { provisionedConcurrency: 901 })).toEqual([expect.stringMatching(/^problem/)]);
  });
});

describe('checkDomain', () => {
  const certificateArn = `arn:aws:acm:${REGION}:${ACCOUNT}:certificate/0a1b2c3d`;
  const hostedZone = { hostedZoneId: 'Z0123456789ABCDEFGHIJ', zoneName: 'example.com' };
  const domain = { domainName: 'hooks.example.com', certificateArn, hostedZone };
  const ready = {
    DescribeCertificate: { Certificate: { Status: 'ISSUED', SubjectAlternativeNames: ['*.example.com'] } },
    GetHostedZone: { HostedZone: { Id: '/hostedzone/Z', Name: 'example.com.' } },
    ListResourceRecordSets: { ResourceRecordSets: [{ Name: 'www.example.com.', Type: 'A' }] },
  };
  const check = async (changes: Record<string, unknown> = {}, domainName = domain.domainName) =>
    texts(
      await checkDomain(placeIn(account({ ...ready, ...changes }), { domain: { ...domain, domainName } })),
    );

  it('a certificate that covers the name, and a zone without it, are fine', async () => {
    expect(await check()).toEqual(['ok: issued for hooks.example.com']);
  });

  it('no domain needs nothing', async () => {
    expect(await checkDomain(placeIn(account()))).toEqual([]);
  });

  const certificate = (Status: string, ...names: string[]) => ({
    DescribeCertificate: { Certificate: { Status, SubjectAlternativeNames: names } },
  });

  it.each([
    [
      'a certificate that is not issued',
      certificate('PENDING_VALIDATION', '*.example.com'),
      'is not issued (PENDING_VALIDATION)',
    ],
    ['a certificate for another name', certificate('ISSUED', 'example.com'), 'is not for hooks.example.com'],
    [
      'a certificate that does not exist',
      { DescribeCertificate: awsError('ResourceNotFoundException') },
      'does not exist',
    ],
    ['a zone that does not exist', { GetHostedZone: awsError('NoSuchHostedZone') }, 'there is no zone'],
    ['another zone', { GetHostedZone: { HostedZone: { Name: 'example.org.' } } }, 'is the zone example.org.'],
    [
      'a record of the same name',
      { ListResourceRecordSets: { ResourceRecordSets: [{ Name: 'hooks.example.com.', Type: 'CNAME' }] } },
      'has a record already (CNAME)',
    ],
  ])('%s is a problem', async (_, changes, expected) => {
    expect((await check(changes)).filter((text) => text.startsWith('problem'))).toEqual([
      expect.stringContaining(expected),
    ]);
  });

  it('a wildcard stands for one label only', async () => {
    expect(await check({}, 'a.hooks.example.com')).toContainEqual(
      expect.stringContaining('is not for a.hooks.example.com'),
    );
  });
});

describe('checkKeys', () => {
  const key = `arn:aws:kms:${REGION}:${ACCOUNT}:key/55555555-5555-4555-8555-555555555555`;
  const metadata = { KeyState: 'Enabled', KeySpec: 'SYMMETRIC_DEFAULT', KeyUsage: 'ENCRYPT_DECRYPT' };
  const needed = neededStatements(placeOfKey(key, STACK));
  const policy = (Statement: readonly unknown[]) => ({
    Policy: JSON.stringify({ Version: '2012-10-17', Statement }),
  });
  const check = async (answer: Record<string, unknown>, encryptionKey = key) =>
    texts(
      await checkKeys(
        placeIn(
          account({ DescribeKey: { KeyMetadata: metadata }, GetKeyPolicy: policy(needed), ...answer }),
          { encryptionKey },
        ),
      ),
    );

  it('a key whose policy has the printed statements is fine', async () => {
    expect(await check({})).toEqual([]);
  });

  it.each(needed.map(({ Sid }) => Sid))('a policy without %s is a problem', async (sid) => {
    const rest = needed.filter(({ Sid }) => Sid !== sid);

    expect(await check({ GetKeyPolicy: policy(rest) })).toEqual([
      expect.stringMatching(new RegExp(`^problem: the policy of ${key} does not allow what ${sid} does`)),
    ]);
  });

  it.each(['Disabled', 'PendingDeletion'])('a key that is %s is a problem', async (KeyState) => {
    expect(await check({ DescribeKey: { KeyMetadata: { ...metadata, KeyState } } })).toEqual([
      expect.stringContaining(`is ${KeyState}: what it encrypts can be neither read nor written`),
    ]);
  });

  it('a key of another kind is a problem', async () => {
    const KeyMetadata = { ...metadata, KeySpec: 'RSA_2048' };

    expect(await check({ DescribeKey: { KeyMetadata } })).toEqual([
      expect.stringContaining('of another kind'),
    ]);
  });

  it('a key of another region is not asked for', async () => {
    const foreign = key.replace(REGION, 'eu-central-1');

    expect(await check({ DescribeKey: awsError('NotFoundException') }, foreign)).toEqual([]);
  });
});

describe('checkPreviousKeys', () => {
  const key = `arn:aws:kms:${REGION}:${ACCOUNT}:key/55555555-5555-4555-8555-555555555555`;
  const metadata = { KeyState: 'Enabled', KeySpec: 'SYMMETRIC_DEFAULT', KeyUsage: 'ENCRYPT_DECRYPT' };
  const allowing = (...Action: string[]) => {
    const Principal = { AWS: `arn:aws:iam::${ACCOUNT}:root` };
    return { Policy: JSON.stringify({ Statement: [{ Effect: 'Allow', Principal, Action, Resource: '*' }] }) };
  };
  const check = async (answer: Record<string, unknown>, previousEncryptionKeys = [key]) =>
    checkPreviousKeys(
      placeIn(
        account({ DescribeKey: { KeyMetadata: metadata }, GetKeyPolicy: allowing('kms:Decrypt'), ...answer }),
        { previousEncryptionKeys },
      ),
    );

  it('a previous key that may be used to decrypt is fine, whatever else its policy lacks', async () => {
    expect(await check({})).toEqual([]);
  });

  it('a previous key that is disabled is a warning, with the call that enables it', async () => {
    expect(
      await check({ DescribeKey: { KeyMetadata: { ...metadata, KeyState: 'Disabled' } } }),
    ).toMatchObject([{ state: 'warning', next: `aws kms enable-key --key-id ${key}` }]);
  });

  it('a previous key whose policy allows no decryption is a warning, with the statement', async () => {
    expect(await check({ GetKeyPolicy: allowing('kms:Encrypt') })).toMatchObject([
      { state: 'warning', next: expect.stringContaining('"kms:Decrypt"') },
    ]);
  });

  it("the stack's own key, and a key of another region, are not asked for", async () => {
    const foreign = key.replace(REGION, 'eu-central-1');

    expect(await check({ DescribeKey: awsError('NotFoundException') }, ['create', foreign])).toEqual([]);
  });
});

describe('checkDroppedKeys', () => {
  const [old, other, current] = ['4', '5', '6'].map(
    (digit) => `arn:aws:kms:${REGION}:${ACCOUNT}:key/${digit.repeat(8)}-4444-4444-8444-444444444444`,
  ) as [string, string, string];
  const own = { 'Fn::GetAtt': ['Key', 'Arn'] };

  /** Deploys settings over a stage that names previous keys, with this many messages in each queue. */
  const deploy = async (
    value: unknown,
    settings: StageSettings,
    { messages = 1, sse = {}, changes = {} } = {},
  ) => {
    const aws = account({
      DescribeStacks: {
        Stacks: [
          {
            StackStatus: 'UPDATE_COMPLETE',
            Outputs: stackOutputs({ EncryptionKeyArn: current, PreviousEncryptionKeyArns: old }),
          },
        ],
      },
      GetTemplate: {
        TemplateBody: JSON.stringify({ Outputs: { PreviousEncryptionKeyArns: { Value: value } } }),
      },
      GetQueueAttributes: { Attributes: { ApproximateNumberOfMessages: String(messages) } },
      DescribeTable: { Table: { SSEDescription: { Status: 'ENABLED', KMSMasterKeyArn: current, ...sse } } },
      ListStackResources: {
        StackResourceSummaries: [{ ResourceType: 'AWS::SQS::Queue', LastUpdatedTimestamp: new Date() }],
      },
      ...changes,
    });
    const said = answers();
    const deployed = preFlight(placeIn(aws, settings), { isFirst: false, isFree: false }, said);
    return deployed.then(
      () => said.text(),
      (error: Error) => `${error.message}\n${said.text()}`,
    );
  };

  it.each<[string, unknown, string]>([
    ['a key by ARN', old, old],
    ["the stack's own key", own, 'create'],
    ['one of two', { 'Fn::Join': ['', [`${other},`, own]] }, 'create'],
  ])('a previous key is not dropped while messages wait that need it: %s', async (_, value, lost) => {
    const said = await deploy(value, { previousEncryptionKeys: [other] });

    expect(said).toContain('nothing was deployed');
    expect(said).toContain(
      `✗ key: ${STACK} still needs ${lost}, which the settings no longer name: messages wait that may be older`,
    );
    expect(said).toContain(`next: keep in previousEncryptionKeys: '${lost}'; doctor says when it may go`);
  });

  it('a previous key is not dropped while the table is still encrypted with it', async () => {
    expect(await deploy(old, {}, { messages: 0, sse: { KMSMasterKeyArn: old } })).toContain(
      'nothing was deployed',
    );
  });

  it('a previous key may go once nothing needs it', async () => {
    expect(await deploy(old, {}, { messages: 0 })).not.toContain('✗');
  });

  it('a previous key that the settings still name, as the key or as a previous one, may stay in use', async () => {
    const changes = { DescribeTable: awsError('AccessDeniedException') };

    expect(await deploy(own, { encryptionKey: 'create' }, { changes })).not.toContain('previous keys');
    expect(await deploy(own, { previousEncryptionKeys: ['create'] }, { changes })).not.toContain(
      'previous keys',
    );
    expect(await deploy(own, {}, { changes })).toContain('! previous keys: not checked');
  });
});

describe('checkRegion', () => {
  const settings = {
    destinations: {
      keep: { handler: 'handlers/persist-run.ts' },
      team: { queue: `arn:aws:sqs:eu-central-1:${ACCOUNT}:team` },
      bus: { eventBus: `arn:aws:events:${REGION}:${ACCOUNT}:event-bus/team` },
    },
    sensitiveSecretArns: [`arn:aws:secretsmanager:us-east-1:${ACCOUNT}:secret:portal-AbCdEf`],
    encryptionKey: `arn:aws:kms:eu-central-1:${ACCOUNT}:key/55555555-5555-4555-8555-555555555555`,
  };

  it('what a stage without a region names in another region than that of the deployment is a problem', async () => {
    expect(texts(await checkRegion(placeIn(account(), settings)))).toEqual([
      'problem: sensitiveSecretArns.0 is in us-east-1, and the stage is deployed to eu-west-1',
      'problem: encryptionKey is in eu-central-1, and the stage is deployed to eu-west-1',
      'problem: destinations.team.queue is in eu-central-1, and the stage is deployed to eu-west-1',
    ]);
  });

  it('a deployment to another region than that of a destination is refused before it begins', async () => {
    const said = answers();
    const place = placeIn(account(), { destinations: { team: settings.destinations.team } });

    await expect(preFlight(place, { isFirst: true, isFree: true }, said)).rejects.toThrow(
      'nothing was deployed',
    );
    expect(said.text()).toContain('✗ region: destinations.team.queue is in eu-central-1');
    expect(said.text()).toContain('next: deploy to eu-central-1, or name what is in eu-west-1');
  });

  it('settings without an ARN, or with ARNs of the region, are fine', async () => {
    const { bus, keep } = settings.destinations;

    expect(await checkRegion(placeIn(account()))).toEqual([]);
    expect(await checkRegion(placeIn(account(), { destinations: { bus, keep } }))).toEqual([]);
  });
});

describe('checkLogGroup', () => {
  const check = async (...names: string[]) =>
    checkLogGroup(
      placeIn(account({ DescribeLogGroups: { logGroups: names.map((logGroupName) => ({ logGroupName })) } })),
    );

  it('a log group that an earlier stack has left is in the way of a new one', async () => {
    expect(await check(`/aws/vendedlogs/apis/${STACK}`)).toEqual([
      expect.objectContaining({
        state: 'problem',
        next: expect.stringContaining(
          `delete-log-group --log-group-name /aws/vendedlogs/apis/${STACK} --region`,
        ),
      }),
    ]);
  });

  it('a log group of another stack is not in the way', async () => {
    expect(await check(`/aws/vendedlogs/apis/${STACK}-eu`)).toEqual([]);
  });
});

describe('checkPlace', () => {
  it('a role for deployments that cannot be assumed is a warning', async () => {
    expect(texts(await checkPlace(placeIn(account(), {}, { hasRole: false })))).toEqual([
      expect.stringMatching(
        /^warning: arn:aws:iam::123456789012:role\/cdk-hnb659fds-deploy-role-123456789012-eu-west-1/,
      ),
    ]);
  });
});

describe('checkClosing', () => {
  const domain = {
    domainName: 'hooks.example.com',
    certificateArn: `arn:aws:acm:${REGION}:${ACCOUNT}:certificate/0a1b2c3d`,
  };
  const Verifier = {
    Type: 'AWS::Lambda::Function',
    Properties: {
      LoggingConfig: { LogGroup: { Ref: 'Logs' } },
      Environment: { Variables: { POWERTOOLS_SERVICE_NAME: 'verifier' } },
    },
  };
  const cameBy = (host: string) => {
    const message = JSON.stringify({ level: 'INFO', message: 'webhook accepted', host });
    return placeIn(
      account({
        DescribeStacks: { Stacks: [{ StackStatus: 'UPDATE_COMPLETE', Outputs: stackOutputs() }] },
        GetTemplate: { TemplateBody: JSON.stringify({ Resources: { Verifier } }) },
        ListStackResources: {
          StackResourceSummaries: [{ LogicalResourceId: 'Logs', PhysicalResourceId: 'logs' }],
        },
        FilterLogEvents: { events: [{ eventId: '1', timestamp: Date.now(), message }] },
      }),
      { domain, closeDefaultEndpoint: true },
    );
  };

  it('a host that is closed while webhooks come by it is a problem', async () => {
    const [finding] = await checkClosing(cameBy('abc.execute-api.eu-west-1.amazonaws.com'));

    expect(finding).toMatchObject({
      state: 'problem',
      text: expect.stringContaining('came by abc.execute-api.eu-west-1.amazonaws.com'),
    });
  });

  it('a host by which no webhook comes any more may be closed', async () => {
    expect(await checkClosing(cameBy('hooks.example.com'))).toEqual([]);
  });
});
