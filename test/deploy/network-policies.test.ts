import { describe, expect, it } from 'vitest';
import { EVERY_ENDPOINT, endpointOf, gatewayOf, network, rule, ruled, VPC } from './network-account.ts';
import { check, texts } from './network-check.ts';

const [a, b] = VPC.subnetIds;

const policy = (...Statement: object[]) => ({
  PolicyDocument: JSON.stringify({ Version: '2012-10-17', Statement }),
});
const allow = { Effect: 'Allow', Principal: '*', Action: '*', Resource: '*' };
const deny = { ...allow, Effect: 'Deny' };

describe('the policy of an endpoint', () => {
  const queues = (...statements: object[]) =>
    network({ VpcEndpoints: [endpointOf('sqs', policy(...statements))] });
  const refusing = (...actions: string[]) =>
    `problem: the policy of vpce-sqs (com.amazonaws.eu-west-1.sqs) does not allow ${actions.join(', ')}`;
  const ALL = ['sqs:SendMessage', 'sqs:ChangeMessageVisibility', 'sqs:GetQueueAttributes'];

  it.each([
    ['that allows everything', [allow]],
    ['that allows the service', [{ ...allow, Action: ['sns:*', 'SQS:*'] }]],
    [
      'that allows all but another service',
      [{ Effect: 'Allow', Principal: '*', NotAction: 's3:*', Resource: '*' }],
    ],
    ['that allows some queues', [{ ...allow, Resource: 'arn:aws:sqs:*:*:mine*' }]],
    [
      'that allows one organization',
      [{ ...allow, Condition: { StringEquals: { 'aws:PrincipalOrgID': 'o-1' } } }],
    ],
    [
      'that denies other organizations',
      [allow, { ...deny, Condition: { StringNotEquals: { 'aws:PrincipalOrgID': 'o-1' } } }],
    ],
    [
      'that denies one principal',
      [allow, { ...deny, Principal: { AWS: 'arn:aws:iam::123456789012:user/x' } }],
    ],
    ['that denies some queues', [allow, { ...deny, Resource: 'arn:aws:sqs:*:*:theirs' }]],
    ['that denies another action', [allow, { ...deny, Action: 'sqs:DeleteQueue' }]],
  ])('a policy of an endpoint %s is fine', async (_, statements) => {
    expect(await check(queues(...statements))).toEqual([]);
  });

  it.each([
    ['without a statement', [], ALL],
    ['for another service', [{ ...allow, Action: 's3:*' }], ALL],
    [
      'for all but the service',
      [{ Effect: 'Allow', Principal: '*', NotAction: ['sqs:*'], Resource: '*' }],
      ALL,
    ],
    ['that allows one action', [{ ...allow, Action: 'sqs:Send*' }], ALL.slice(1)],
    ['that denies everyone everything', [allow, deny], ALL],
    [
      'that denies everyone one action',
      [allow, { ...deny, Principal: { AWS: ['*'] }, Action: ['sqs:SendMessage'] }],
      ALL.slice(0, 1),
    ],
  ])(
    'a policy of an endpoint %s is a problem, although there is a NAT gateway',
    async (_, statements, actions) => {
      expect(await texts(queues(...statements))).toEqual([refusing(...actions)]);
    },
  );

  it('the command for a policy names the endpoint, and leaves the policy to whoever wrote it', async () => {
    const [finding] = await check(queues());

    expect(finding?.next).toBe(
      'allow that in it: aws ec2 modify-vpc-endpoint --vpc-endpoint-id vpce-sqs --policy-document <policy> --region eu-west-1',
    );
  });

  it('the policy of a gateway counts in the subnets that it serves', async () => {
    const gateway = (table: string) => ({
      ...gatewayOf(table),
      ...policy({ ...allow, Action: 'dynamodb:GetItem' }),
    });

    expect(await texts(network({ VpcEndpoints: [gateway('rtb-1')] }))).toEqual([
      expect.stringContaining(
        '(com.amazonaws.eu-west-1.dynamodb) does not allow dynamodb:PutItem, dynamodb:Query',
      ),
    ]);
    expect(await check(network({ VpcEndpoints: [gateway('rtb-9')] }))).toEqual([]);
  });

  it.each([{}, { PolicyDocument: 'no JSON' }])(
    'an endpoint with the policy %o is not judged',
    async (changes) => {
      const endpoints = [...EVERY_ENDPOINT.slice(0, 3), endpointOf('sqs', changes)];

      expect(await check(network({ VpcEndpoints: endpoints }))).toEqual([]);
    },
  );
});

describe('the network ACL of a subnet', () => {
  const out = rule(100, { Egress: true });
  const acl = (...entries: Parameters<typeof ruled>) => texts(network(ruled(...entries)));
  const https = { Protocol: '6', PortRange: { From: 443, To: 443 } };
  const answers = { Protocol: '6', PortRange: { From: 1024, To: 65_535 } };

  it.each([
    ['the two ports alone', [rule(100, { Egress: true, ...https }), rule(100, answers)]],
    [
      'a rule for some addresses',
      [rule(100, { Egress: true, ...https, CidrBlock: '10.0.0.0/8' }), rule(100, answers)],
    ],
    [
      'a rule that denies some addresses',
      [rule(90, { Egress: true, RuleAction: 'deny', CidrBlock: '192.0.2.0/24' }), out, rule(100)],
    ],
    [
      'a rule that denies another protocol',
      [rule(90, { Protocol: '17', RuleAction: 'deny' }), out, rule(100)],
    ],
    [
      'a rule that denies what an earlier one allows',
      [rule(110, { Egress: true, RuleAction: 'deny' }), out, rule(100)],
    ],
    [
      'a rule for IPv6',
      [rule(90, { Ipv6CidrBlock: '::/0', RuleAction: 'deny', CidrBlock: undefined }), out, rule(100)],
    ],
  ])('a network ACL with %s is fine', async (_, entries) => {
    expect(await acl(...entries)).toEqual([]);
  });

  it.each([
    ['no rule', []],
    [
      'a rule for another port',
      [rule(100, { Egress: true, Protocol: '6', PortRange: { From: 80, To: 80 } })],
    ],
    ['a rule that denies the port first', [rule(90, { Egress: true, ...https, RuleAction: 'deny' }), out]],
    ['a rule for another protocol', [rule(100, { Egress: true, Protocol: '17' })]],
  ])('a network ACL with %s outward is a problem, with the command', async (_, entries) => {
    const findings = await check(network(ruled(rule(100), ...entries)));

    expect(findings).toEqual([
      {
        check: 'network',
        state: 'problem',
        text: `acl-1, the network ACL of ${a}, ${b}, lets no HTTPS out (port 443)`,
        next: 'aws ec2 create-network-acl-entry --network-acl-id acl-1 --egress --port-range From=443,To=443 --protocol tcp --cidr-block 0.0.0.0/0 --rule-action allow --rule-number <number> --region eu-west-1',
      },
    ]);
  });

  it.each([
    ['no rule', []],
    ['a rule for HTTPS alone', [rule(100, https)]],
    ['a rule that denies all of them first', [rule(90, { ...answers, RuleAction: 'deny' }), rule(100)]],
  ])('a network ACL with %s inward is a problem', async (_, entries) => {
    expect(await acl(out, ...entries)).toEqual([
      `problem: acl-1, the network ACL of ${a}, ${b}, lets no answers in (ports 1024 to 65535)`,
    ]);
  });

  it('a network ACL that lets a part of the answers in is a warning', async () => {
    const some = rule(100, { Protocol: '6', PortRange: { From: 32_768, To: 65_535 } });

    expect(await acl(out, some)).toEqual([
      `warning: acl-1, the network ACL of ${a}, ${b}, lets answers in to 32768 of the ports 1024 to 65535: calls from the others would hang`,
    ]);
  });

  it('a network ACL is named with the subnets of the functions alone', async () => {
    const [found] = ruled(out).NetworkAcls;
    const Associations = [{ SubnetId: b }, { SubnetId: 'subnet-00000009' }];
    const NetworkAcls = [{ ...found, Associations }];

    expect(await texts(network({ NetworkAcls }))).toEqual([
      expect.stringContaining(`the network ACL of ${b}, lets`),
    ]);
  });
});
