import { Effect, PolicyStatement } from 'aws-cdk-lib/aws-iam';

/** What Lambda calls with a function's role to place it in subnets. AWS documents no narrower resource. */
const ACTIONS = [
  'ec2:CreateNetworkInterface',
  'ec2:DescribeNetworkInterfaces',
  'ec2:DescribeSubnets',
  'ec2:DeleteNetworkInterface',
  'ec2:AssignPrivateIpAddresses',
  'ec2:UnassignPrivateIpAddresses',
];

/** Lets Lambda manage the network interfaces of a function, but not the code of the function. */
export const networkStatements = (): PolicyStatement[] => [
  new PolicyStatement({ sid: 'ManageNetworkInterfaces', actions: ACTIONS, resources: ['*'] }),
  new PolicyStatement({
    sid: 'KeepInterfacesFromCode',
    effect: Effect.DENY,
    actions: ACTIONS,
    resources: ['*'],
    // Only calls of the function's own code carry it.
    conditions: { Null: { 'lambda:SourceFunctionArn': 'false' } },
  }),
];
