import type {
  IpPermission,
  NetworkAcl,
  NetworkAclEntry,
  RouteTable,
  SecurityGroup,
  Subnet,
  VpcEndpoint,
} from '@aws-sdk/client-ec2';
import { REGION } from './support.ts';

/** A network as EC2 describes it. */
export interface DescribedNetwork {
  Subnets: Subnet[];
  RouteTables: RouteTable[];
  SecurityGroups: SecurityGroup[];
  VpcEndpoints: VpcEndpoint[];
  NetworkAcls: NetworkAcl[];
}

export const VPC = {
  subnetIds: ['subnet-0000000a', 'subnet-0000000b'],
  securityGroupIds: ['sg-00000001'],
};

export const HTTPS: IpPermission = { IpProtocol: 'tcp', FromPort: 443, ToPort: 443 };

export const endpointOf = (service: string, changes: Partial<VpcEndpoint> = {}): VpcEndpoint => ({
  ...{ VpcEndpointId: `vpce-${service}`, ServiceName: `com.amazonaws.${REGION}.${service}` },
  ...{ VpcEndpointType: 'Interface', State: 'Available', PrivateDnsEnabled: true },
  Groups: [{ GroupId: 'sg-00000002' }],
  ...changes,
});

export const gatewayOf = (...RouteTableIds: string[]): VpcEndpoint =>
  endpointOf('dynamodb', {
    ...{ VpcEndpointType: 'Gateway', PrivateDnsEnabled: false, RouteTableIds, Groups: [] },
  });

export const NAT = { DestinationCidrBlock: '0.0.0.0/0', NatGatewayId: 'nat-1', State: 'active' } as const;
const LOCAL = { DestinationCidrBlock: '10.0.0.0/16', GatewayId: 'local', State: 'active' } as const;

/** The table of both subnets, which is the main one of the VPC. */
export const routed = (...routes: RouteTable['Routes'] & object): Pick<DescribedNetwork, 'RouteTables'> => ({
  RouteTables: [
    {
      ...{ RouteTableId: 'rtb-1', VpcId: 'vpc-1', Associations: [{ Main: true }] },
      Routes: [LOCAL, ...routes],
    },
  ],
});

/** A rule of a network ACL that lets everything in, unless it is said otherwise. */
export const rule = (RuleNumber: number, changes: Partial<NetworkAclEntry> = {}): NetworkAclEntry => ({
  ...{ RuleNumber, Egress: false, Protocol: '-1', CidrBlock: '0.0.0.0/0', RuleAction: 'allow' },
  ...changes,
});

/** The network ACL of both subnets; what none of its rules is about is denied. */
export const ruled = (...Entries: NetworkAclEntry[]): Pick<DescribedNetwork, 'NetworkAcls'> => ({
  NetworkAcls: [
    {
      ...{ NetworkAclId: 'acl-1', VpcId: 'vpc-1' },
      Associations: VPC.subnetIds.map((SubnetId) => ({ SubnetId })),
      Entries: [
        rule(32_767, { Egress: true, RuleAction: 'deny' }),
        rule(32_767, { RuleAction: 'deny' }),
        ...Entries,
      ],
    },
  ],
});

/** Two subnets in two zones, with a NAT gateway and without any endpoint. */
export const network = (changes: Partial<DescribedNetwork> = {}): DescribedNetwork => ({
  Subnets: VPC.subnetIds.map((SubnetId, index) => ({
    ...{ SubnetId, VpcId: 'vpc-1', CidrBlock: `10.0.${index}.0/24` },
    AvailabilityZone: `${REGION}${'ab'[index]}`,
  })),
  ...routed(NAT),
  SecurityGroups: [
    {
      ...{ GroupId: 'sg-00000001', VpcId: 'vpc-1' },
      IpPermissionsEgress: [{ IpProtocol: '-1', IpRanges: [{ CidrIp: '0.0.0.0/0' }] }],
    },
    {
      ...{ GroupId: 'sg-00000002', VpcId: 'vpc-1' },
      IpPermissions: [{ ...HTTPS, UserIdGroupPairs: [{ GroupId: 'sg-00000001' }] }],
    },
  ],
  VpcEndpoints: [],
  ...ruled(rule(100), rule(100, { Egress: true })),
  ...changes,
});

/** The endpoints without which a private network is cut off. */
export const EVERY_ENDPOINT = [
  gatewayOf('rtb-1'),
  ...['secretsmanager', 'sns', 'sqs'].map((one) => endpointOf(one)),
];
