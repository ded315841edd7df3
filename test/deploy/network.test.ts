import { describe, expect, it } from 'vitest';
import { checkNetwork } from '../../bin/before-deploy/checks/network.ts';
import { EVERY_ENDPOINT, endpointOf, gatewayOf, HTTPS, network, routed, VPC } from './network-account.ts';
import { check, texts } from './network-check.ts';
import { account, placeIn } from './support.ts';

const [a, b] = VPC.subnetIds;

describe('a network that suffices', () => {
  it('no network of their own needs nothing, and is not asked for', async () => {
    expect(await checkNetwork(placeIn(account()))).toEqual([]);
  });

  it('a NAT gateway leads everywhere', async () => {
    expect(await check(network())).toEqual([]);
  });

  it('an endpoint for each service suffices beside a way out for the processor', async () => {
    expect(await check(network({ VpcEndpoints: EVERY_ENDPOINT }))).toEqual([]);
  });

  it('a transit gateway to which everything is sent counts as a way out', async () => {
    const toHub = { DestinationCidrBlock: '0.0.0.0/0', TransitGatewayId: 'tgw-1' };

    expect(await check(network(routed(toHub)))).toEqual([]);
  });
});

describe('a network in which something lacks', () => {
  it('each service without an endpoint or a NAT gateway is named in a line of its own, with the command', async () => {
    const findings = await check(network(routed()));

    expect(findings.map(({ text }) => text)).toEqual([
      expect.stringMatching(`^${a} has no route to 0.0.0.0/0, so that nothing leads to api.cyberdesk.io but`),
      expect.stringMatching(`^${b} has no route`),
      ...['dynamodb', 'secretsmanager', 'sns', 'sqs'].map(
        (service) => `nothing leads to ${service} from ${a}, ${b}: no endpoint, no NAT gateway`,
      ),
    ]);
    expect(findings.map(({ next }) => next)).toEqual([
      ...[a, b].map(
        () =>
          'aws ec2 create-route --route-table-id rtb-1 --destination-cidr-block 0.0.0.0/0 --nat-gateway-id <NAT gateway> --region eu-west-1',
      ),
      'aws ec2 create-vpc-endpoint --vpc-id vpc-1 --service-name com.amazonaws.eu-west-1.dynamodb --region eu-west-1 --vpc-endpoint-type Gateway --route-table-ids rtb-1',
      ...['secretsmanager', 'sns', 'sqs'].map(
        (service) =>
          `aws ec2 create-vpc-endpoint --vpc-id vpc-1 --service-name com.amazonaws.eu-west-1.${service} --region eu-west-1 --vpc-endpoint-type Interface --private-dns-enabled --subnet-ids ${a} ${b} --security-group-ids sg-00000001`,
      ),
    ]);
  });

  it('a private network with every endpoint lacks only the way to Cyberdesk, which may be a proxy', async () => {
    expect(await texts(network({ ...routed(), VpcEndpoints: EVERY_ENDPOINT }))).toEqual([
      expect.stringMatching(/^warning: .*api.cyberdesk.io but a proxy of yours$/),
      expect.stringMatching(/^warning: /),
    ]);
  });

  it('a destination adds the service that it is', async () => {
    const destinations = {
      archive: { eventBus: 'arn:aws:events:eu-west-1:123456789012:event-bus/mine' },
      erp: { handler: 'handlers/erp.ts' },
    };
    const found = network({ ...routed(), VpcEndpoints: EVERY_ENDPOINT });

    expect((await texts(found, { destinations })).filter((text) => text.startsWith('problem'))).toEqual([
      `problem: nothing leads to events from ${a}, ${b}: no endpoint, no NAT gateway`,
      `problem: nothing leads to lambda from ${a}, ${b}: no endpoint, no NAT gateway`,
    ]);
  });

  it('a gateway that is not in the route table of a subnet does not serve it', async () => {
    const [main] = routed().RouteTables;
    const own = { ...main, RouteTableId: 'rtb-2', Associations: [{ SubnetId: b }] };
    const found = network({
      RouteTables: [own, ...routed().RouteTables],
      VpcEndpoints: [gatewayOf('rtb-1'), ...EVERY_ENDPOINT.slice(1)],
    });
    const [finding] = (await check(found)).filter(({ text }) => text.includes('dynamodb'));

    expect(finding?.text).toBe(`nothing leads to dynamodb from ${b}: no endpoint, no NAT gateway`);
    expect(finding?.next).toMatch(/--route-table-ids rtb-2$/);
  });

  it('a route into another network makes a lack a warning, as an endpoint may be there', async () => {
    const toHub = { DestinationCidrBlock: '10.0.0.0/8', TransitGatewayId: 'tgw-1', State: 'active' } as const;

    expect(await texts(network(routed(toHub)))).toContainEqual(
      `warning: nothing leads to sqs from ${a}, ${b}: no endpoint, no NAT gateway, unless another network of yours has one`,
    );
  });

  it('public subnets are a problem: a function has no public address', async () => {
    const toInternet = { DestinationCidrBlock: '0.0.0.0/0', GatewayId: 'igw-1', State: 'active' } as const;

    expect(await texts(network(routed(toInternet)))).toEqual(
      expect.arrayContaining([
        expect.stringMatching(`^problem: ${a} sends 0.0.0.0/0 to an internet gateway`),
        `problem: nothing leads to sqs from ${a}, ${b}: no endpoint, no NAT gateway`,
      ]),
    );
  });

  it('a NAT gateway that is gone leads nowhere', async () => {
    const gone = { DestinationCidrBlock: '0.0.0.0/0', NatGatewayId: 'nat-1', State: 'blackhole' } as const;
    const [finding] = await check(network(routed(gone)));

    expect(finding).toMatchObject({
      state: 'problem',
      text: expect.stringContaining('whose target is gone'),
      next: expect.stringMatching(/^aws ec2 replace-route /),
    });
  });
});

describe('an endpoint that turns the functions away', () => {
  const withGroup = (...IpPermissions: object[]) =>
    network({
      VpcEndpoints: [endpointOf('sqs')],
      SecurityGroups: network().SecurityGroups.map((group) =>
        group.GroupId === 'sg-00000002' ? { ...group, IpPermissions } : group,
      ),
    });

  it.each([
    ['no rule', []],
    [
      'a rule for another port',
      [{ ...HTTPS, FromPort: 80, ToPort: 80, IpRanges: [{ CidrIp: '0.0.0.0/0' }] }],
    ],
    ['a rule for another group', [{ ...HTTPS, UserIdGroupPairs: [{ GroupId: 'sg-00000009' }] }]],
    ['a rule for one of the subnets', [{ ...HTTPS, IpRanges: [{ CidrIp: '10.0.1.0/24' }] }]],
  ])('a group of an endpoint with %s is a problem, although there is a NAT gateway', async (_, rules) => {
    const [finding, ...others] = await check(withGroup(...rules));

    expect(others).toEqual([]);
    expect(finding).toMatchObject({
      state: 'problem',
      text: 'vpce-sqs (com.amazonaws.eu-west-1.sqs) lets no HTTPS in from sg-00000001',
      next: 'aws ec2 authorize-security-group-ingress --group-id sg-00000002 --protocol tcp --port 443 --source-group sg-00000001 --region eu-west-1',
    });
  });

  it.each([
    ['the group of the functions', [{ ...HTTPS, UserIdGroupPairs: [{ GroupId: 'sg-00000001' }] }]],
    ['all of the subnets', [{ ...HTTPS, IpRanges: [{ CidrIp: '10.0.0.0/16' }] }]],
    ['a prefix list', [{ ...HTTPS, PrefixListIds: [{ PrefixListId: 'pl-1' }] }]],
  ])('a group of an endpoint that admits %s is fine', async (_, rules) => {
    expect(await check(withGroup(...rules))).toEqual([]);
  });

  it('an endpoint without private names is not found by the functions', async () => {
    const nameless = endpointOf('sqs', { PrivateDnsEnabled: false });
    const found = network({ ...routed(), VpcEndpoints: [...EVERY_ENDPOINT.slice(0, 3), nameless] });

    expect((await texts(found)).filter((text) => text.startsWith('problem'))).toEqual([
      'problem: vpce-sqs has no private DNS names, so that calls of sqs do not find it',
    ]);
  });

  it.each([{ State: 'Pending' as const }, { ServiceName: 'com.amazonaws.eu-west-1.sqs-fips' }])(
    'an endpoint with %o does not count',
    async (changes) => {
      const found = network({
        ...routed(),
        VpcEndpoints: [...EVERY_ENDPOINT.slice(0, 3), endpointOf('sqs', changes)],
      });

      expect(await texts(found)).toContainEqual(expect.stringContaining('nothing leads to sqs'));
    },
  );
});

describe('settings that name something else', () => {
  it('a subnet that does not exist is named, and nothing else is judged', async () => {
    const vpc = { ...VPC, subnetIds: ['subnet-00000009', ...VPC.subnetIds] };

    expect(await texts(network(routed()), { vpc })).toEqual([
      'problem: subnet-00000009 does not exist in this region',
    ]);
  });

  it('a security group that does not exist is named', async () => {
    expect(await texts(network(), { vpc: { ...VPC, securityGroupIds: ['sg-00000009'] } })).toEqual([
      'problem: sg-00000009 does not exist in this region',
    ]);
  });

  it.each([
    ['subnets', { Subnets: network().Subnets.map((one, index) => ({ ...one, VpcId: `vpc-${index + 1}` })) }],
    ['groups', { SecurityGroups: network().SecurityGroups.map((one) => ({ ...one, VpcId: 'vpc-2' })) }],
  ])('%s of two VPCs are a problem', async (_, changes) => {
    expect(await texts(network(changes))).toEqual([
      'problem: the subnets and security groups are not of one VPC',
    ]);
  });

  it('a single zone for all subnets is a warning', async () => {
    const vpc = { ...VPC, subnetIds: VPC.subnetIds.slice(0, 1) };

    expect(await texts(network(), { vpc })).toEqual([
      'warning: all subnets are in eu-west-1a: an outage of this zone would stop everything',
    ]);
  });

  it('a lack of groups that let HTTPS out is a problem', async () => {
    const SecurityGroups = network().SecurityGroups.map((group) => ({
      ...group,
      IpPermissionsEgress: [{ IpProtocol: 'tcp', FromPort: 80, ToPort: 80 }],
    }));

    expect(await texts(network({ SecurityGroups }))).toEqual([
      'problem: sg-00000001: lets no HTTPS out (port 443)',
    ]);
  });
});

it('the command names no service in partitions where the names begin in other ways', async () => {
  expect((await check(network(routed()), {}, 'aws-cn')).at(-1)?.next).toContain('<name of sqs>');
});
