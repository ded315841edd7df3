import { BlockList } from 'node:net';
import type { IpPermission, SecurityGroup, Subnet } from '@aws-sdk/client-ec2';

const HTTPS = 443;

/** Whether any of the groups lets HTTPS out, to wherever. */
export const letsOut = (groups: readonly SecurityGroup[]): boolean =>
  groups.some(({ IpPermissionsEgress = [] }) => IpPermissionsEgress.some(isForHttps));

/** Who calls: functions with these groups, in these subnets. */
export interface Callers {
  readonly groupIds: readonly string[];
  readonly subnets: readonly Subnet[];
}

/** Whether any of the groups lets HTTPS in from all of the callers. A prefix list, which is not read, counts as if it did. */
export const letsIn = (groups: readonly SecurityGroup[], callers: Callers): boolean =>
  groups.some(({ IpPermissions = [] }) =>
    IpPermissions.filter(isForHttps).some((permission) => isFrom(permission, callers)),
  );

const isForHttps = ({ IpProtocol, FromPort = 0, ToPort = 0 }: IpPermission): boolean =>
  IpProtocol === '-1' || (['tcp', '6'].includes(IpProtocol ?? '') && FromPort <= HTTPS && HTTPS <= ToPort);

function isFrom(permission: IpPermission, { groupIds, subnets }: Callers): boolean {
  const { UserIdGroupPairs = [], IpRanges = [], PrefixListIds = [] } = permission;
  if (PrefixListIds.length > 0) return true;
  if (UserIdGroupPairs.some(({ GroupId = '' }) => groupIds.includes(GroupId))) return true;
  const ranges = new BlockList();
  for (const { CidrIp } of IpRanges) {
    const [address = '', bits] = CidrIp?.split('/') ?? [];
    if (bits !== undefined) ranges.addSubnet(address, Number(bits));
  }
  return subnets.every(({ CidrBlock = '' }) => ranges.check(CidrBlock.split('/')[0] ?? ''));
}
