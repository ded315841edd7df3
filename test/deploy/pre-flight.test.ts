import { describe, expect, it } from 'vitest';
import { checkBootstrap } from '../../bin/before-deploy/checks/bootstrap.ts';
import { checkDomain, checkLaterDomain } from '../../bin/before-deploy/checks/domain.ts';
import { checkLogGroup } from '../../bin/before-deploy/checks/log-group.ts';
import { checkPlace } from '../../bin/before-deploy/checks/place.ts';
import { checkMoreWarm, checkQuota } from '../../bin/before-deploy/checks/quota.ts';
import type { StageSettings } from '../../lib/settings/stage-settings.ts';
import { awsError } from '../ops/support/aws.ts';
import {
  ACCOUNT,
  account,
  BOOTSTRAP,
  placeIn,
  REGION,
  SERVICES,
  STACK,
  serviceName,
  textsOf,
} from './support.ts';

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
    textsOf(await checkBootstrap(placeIn(account(answer))));

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
    return textsOf(await checkQuota(placeIn(account({ GetAccountSettings: { AccountLimit } }), settings)));
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

  it('a later deployment needs room only for what it adds', async () => {
    const later = async (free: number, deployed: number, settings: StageSettings) => {
      const alias = { ProvisionedConcurrencyConfig: { ProvisionedConcurrentExecutions: deployed } };
      const aws = account({
        GetAccountSettings: {
          AccountLimit: { ConcurrentExecutions: 10, UnreservedConcurrentExecutions: free },
        },
        GetTemplate: {
          TemplateBody: JSON.stringify({
            Resources: deployed ? { Alias: { Type: 'AWS::Lambda::Alias', Properties: alias } } : {},
          }),
        },
      });
      return textsOf(await checkMoreWarm(placeIn(aws, settings)));
    };

    expect(await later(10, 0, {})).toEqual([]);
    expect(await later(10, 0, { provisionedConcurrency: 5 })).toEqual([
      expect.stringMatching(/^problem: .* leave 5 of 10/),
    ]);
    expect(await later(98, 5, { provisionedConcurrency: 5 })).toEqual([]);
    expect(await later(102, 5, { provisionedConcurrency: 8 })).toEqual([
      expect.stringMatching(/^problem: .* leave 99 of 102/),
    ]);
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
    textsOf(
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

  it("the records of the stack itself are not in a later deployment's way, and another's are", async () => {
    const taken = { ResourceRecordSets: [{ Name: 'hooks.example.com.', Type: 'A' }] };
    const later = async (name: string, zone = hostedZone.hostedZoneId) => {
      const Properties = { Name: name, HostedZoneId: zone };
      const record = { Type: 'AWS::Route53::RecordSet', Properties };
      const TemplateBody = JSON.stringify({ Resources: { Ipv4: record } });
      const aws = account({ ...ready, ListResourceRecordSets: taken, GetTemplate: { TemplateBody } });
      return textsOf(await checkLaterDomain(placeIn(aws, { domain })));
    };

    expect(await later('hooks.example.com.')).toEqual(['ok: issued for hooks.example.com']);
    for (const texts of [await later('old.example.com.'), await later('hooks.example.com.', 'Z2')])
      expect(texts).toContainEqual(expect.stringMatching(/^problem: .*has a record already/));
  });

  it('a wildcard stands for one label only', async () => {
    expect(await check({}, 'a.hooks.example.com')).toContainEqual(
      expect.stringContaining('is not for a.hooks.example.com'),
    );
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
    expect(textsOf(await checkPlace(placeIn(account(), {}, { hasRole: false })))).toEqual([
      expect.stringMatching(
        /^warning: arn:aws:iam::123456789012:role\/cdk-hnb659fds-deploy-role-123456789012-eu-west-1/,
      ),
    ]);
  });
});
