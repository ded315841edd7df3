import type { NetworkAcl, NetworkAclEntry } from '@aws-sdk/client-ec2';
import { type Finding, problem, warning } from '../../../ops/doctor/check.ts';
import type { Network } from './read-network.ts';

const EVERYWHERE = '0.0.0.0/0';
const HTTPS = 443;
/** To which ports of a function answers come, by AWS's documentation. */
const ANSWERS = { from: 1024, to: 65_535 };

/** Whether the network ACLs of the functions' subnets surely turn calls away, or the answers to them. */
export const aclFaults = ({ acls, subnets }: Network, region: string): Finding[] =>
  acls.flatMap((acl) => {
    const ids = (acl.Associations ?? []).flatMap(({ SubnetId }) => SubnetId ?? []);
    const own = subnets.flatMap(({ SubnetId = '' }) => (ids.includes(SubnetId) ? SubnetId : []));
    const name = `${acl.NetworkAclId}, the network ACL of ${own.join(', ')},`;
    return [...outwardFaults(acl, name, region), ...answerFaults(acl, name, region)];
  });

function outwardFaults(acl: NetworkAcl, name: string, region: string): Finding[] {
  if (isOpen(rulesOf(acl, true), HTTPS)) return [];
  const next = entry(acl, `--egress --port-range From=${HTTPS},To=${HTTPS}`, region);
  return [problem('network', `${name} lets no HTTPS out (port ${HTTPS})`, next)];
}

function answerFaults(acl: NetworkAcl, name: string, region: string): Finding[] {
  const { from, to } = ANSWERS;
  const rules = rulesOf(acl, false);
  const ports = Array.from({ length: to - from + 1 }, (_, index) => from + index);
  const open = ports.filter((port) => isOpen(rules, port)).length;
  if (open === ports.length) return [];
  const next = entry(acl, `--ingress --port-range From=${from},To=${to}`, region);
  if (open === 0) return [problem('network', `${name} lets no answers in (ports ${from} to ${to})`, next)];
  const text = `${name} lets answers in to ${open} of the ports ${from} to ${to}: calls from the others would hang`;
  return [warning('network', text, next)];
}

/** The rules of one direction that may be about HTTPS over IPv4, in the order in which they are tried. */
const rulesOf = ({ Entries = [] }: NetworkAcl, isEgress: boolean): NetworkAclEntry[] =>
  Entries.filter(
    ({ Egress, Protocol = '', CidrBlock }) =>
      Egress === isEgress && ['-1', '6'].includes(Protocol) && CidrBlock !== undefined,
  ).toSorted((a, b) => (a.RuleNumber ?? 0) - (b.RuleNumber ?? 0));

/** A rule for some addresses may not be about those in question: one that denies decides nothing, one that allows counts. */
const isOpen = (rules: readonly NetworkAclEntry[], port: number): boolean =>
  rules.find(
    ({ PortRange: range, RuleAction, CidrBlock }) =>
      (range === undefined || ((range.From ?? 0) <= port && port <= (range.To ?? 0))) &&
      (RuleAction === 'allow' || CidrBlock === EVERYWHERE),
  )?.RuleAction === 'allow';

const entry = ({ NetworkAclId }: NetworkAcl, options: string, region: string): string =>
  `aws ec2 create-network-acl-entry --network-acl-id ${NetworkAclId} ${options} --protocol tcp --cidr-block ${EVERYWHERE} --rule-action allow --rule-number <number> --region ${region}`;
