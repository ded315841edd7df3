import { checkNetwork } from '../../bin/before-deploy/checks/network.ts';
import type { StageSettings } from '../../lib/settings/stage-settings.ts';
import { type DescribedNetwork, VPC } from './network-account.ts';
import { account, placeIn, textsOf } from './support.ts';

/** Answers by the filters that were asked with, as EC2 does. */
const describing = ({
  Subnets,
  RouteTables,
  SecurityGroups,
  VpcEndpoints,
  NetworkAcls,
}: DescribedNetwork) => {
  const named = (input: unknown) =>
    (input as { Filters: { Values: string[] }[] }).Filters.flatMap(({ Values }) => Values);
  return account({
    DescribeSubnets: (input: unknown) => ({
      Subnets: Subnets.filter(({ SubnetId = '' }) => named(input).includes(SubnetId)),
    }),
    DescribeRouteTables: { RouteTables },
    DescribeVpcEndpoints: { VpcEndpoints },
    DescribeNetworkAcls: { NetworkAcls },
    DescribeSecurityGroups: (input: unknown) => ({
      SecurityGroups: SecurityGroups.filter(({ GroupId = '' }) => named(input).includes(GroupId)),
    }),
  });
};

/** What the check says of an account with this network. */
export const check = (found: DescribedNetwork, settings: StageSettings = {}, partition = 'aws') =>
  checkNetwork(placeIn(describing(found), { vpc: VPC, ...settings }, { partition }));
export const texts = async (...given: Parameters<typeof check>) => textsOf(await check(...given));
