import { Aws, Tags } from 'aws-cdk-lib';
import { ManagedPolicy, PermissionsBoundary } from 'aws-cdk-lib/aws-iam';
import { describe, expect, it } from 'vitest';
import { addStages } from '../../lib/add-stages.ts';
import { partitionOf } from '../../lib/settings/partition.ts';
import { PARTITIONS, type Partition, settingsIn } from './support/partitions.ts';
import { ofType, type Resource, synth, type Template, testApp } from './support/synth.ts';

const QUALIFIER = 'bank01';
const BOUNDARY = 'permissions-boundary';

/** As a bank deploys: with a boundary for every role, a bootstrap of its own, and tags. */
function bankIn(partition: Partition) {
  const app = testApp({ context: { '@aws-cdk/core:bootstrapQualifier': QUALIFIER } });
  const [stack] = addStages(app, { prod: settingsIn(partition) });
  if (!stack) throw new Error('there is no stack');
  const arn = `arn:${Aws.PARTITION}:iam::${Aws.ACCOUNT_ID}:policy/${BOUNDARY}`;
  PermissionsBoundary.of(app).apply(ManagedPolicy.fromManagedPolicyArn(stack, 'Boundary', arn));
  Tags.of(app).add('cost-center', '4711');
  const artifact = app.synth().getStackArtifact(stack.artifactId);
  return { template: artifact.template as Template, artifact };
}

/** Types that the product uses and that AWS lets no one tag, or that take tags in another way. */
const UNTAGGED =
  /^AWS::(IAM::Policy|Lambda::(Version|Alias|Permission|EventInvokeConfig)|SQS::QueuePolicy|SNS::(TopicPolicy|Subscription)|ApiGatewayV2::(Route|Integration|ApiMapping)|CloudWatch::Dashboard|Logs::MetricFilter|Route53::RecordSet|CDK::Metadata)$/;

describe.each(Object.keys(PARTITIONS) as Partition[])('in the partition %s', (partition) => {
  const [region, host] = PARTITIONS[partition];
  const { template, artifact } = bankIn(partition);
  const text = JSON.stringify(template);

  it(`every setting that ${partition} has can be set, and no ARN names another partition`, () => {
    const named = [...text.matchAll(/arn:(aws[a-z-]*):/g)].map(([, name]) => name);

    expect([...new Set(named)]).toEqual([partition]);
    for (const [other] of Object.values(PARTITIONS)) if (other !== region) expect(text).not.toContain(other);
  });

  it(`every role in ${partition} has the permissions boundary, which may name the partition itself`, () => {
    const roles = ofType(template, 'AWS::IAM::Role');

    expect(roles.length).toBeGreaterThanOrEqual(4);
    for (const [id, { Properties }] of roles)
      expect(JSON.stringify(Properties.PermissionsBoundary), id).toContain(BOUNDARY);
  });

  it(`a bootstrap of one's own is used in ${partition}`, () => {
    const { assumeRoleArn, cloudFormationExecutionRoleArn, stackTemplateAssetObjectUrl } = artifact;

    for (const used of [assumeRoleArn, cloudFormationExecutionRoleArn, stackTemplateAssetObjectUrl])
      expect(used).toContain(`cdk-${QUALIFIER}-`);
    expect(text).not.toContain('hnb659fds');
  });

  it(`every resource in ${partition} that can have tags has those of the app`, () => {
    const without = Object.entries(template.Resources).filter(
      ([, { Type, Properties }]) =>
        !UNTAGGED.test(Type) && !JSON.stringify(Properties?.Tags ?? '').includes('4711'),
    );

    expect(without.map(([id, { Type }]) => `${Type} ${id}`)).toEqual([]);
  });

  it(`the links of alarms lead to the console of ${partition}`, () => {
    const hosts = [...text.matchAll(/https:\/\/(console\.[a-z.-]+)/g)].map(([, found]) => found);

    expect([...new Set(hosts)]).toEqual([host]);
  });
});

describe('where only the deployment knows the region', () => {
  const template = synth({}, 'prod') as Template & { Conditions: Record<string, object> };

  /** What CloudFormation makes of a value in a partition. */
  function resolved(value: unknown, partition: string): unknown {
    if (typeof value !== 'object' || value === null) return value;
    const [[name, argument] = []] = Object.entries(value);
    if (name === 'Fn::If') {
      const [condition, yes, no] = argument as [string, unknown, unknown];
      const { 'Fn::Equals': compared } = template.Conditions[condition] as { 'Fn::Equals': [object, string] };
      expect(compared[0]).toEqual({ Ref: 'AWS::Partition' });
      return resolved(compared[1] === partition ? yes : no, partition);
    }
    if (name !== 'Fn::Join') return '…';
    const [separator, parts] = argument as [string, unknown[]];
    return parts.map((part) => resolved(part, partition)).join(separator);
  }

  it.each([...Object.entries(PARTITIONS), ['aws-iso', ['us-iso-east-1', 'console.aws.amazon.com']] as const])(
    'the links of alarms lead to the console of the partition that it turns out to be: %s',
    (partition, [, host]) => {
      const alarms: Resource[] = ofType(template, 'AWS::CloudWatch::Alarm').map(([, alarm]) => alarm);
      const links = alarms.flatMap(({ Properties }) =>
        String(resolved(Properties.AlarmDescription, partition)).split('\n').slice(2),
      );

      expect(links.length).toBeGreaterThan(10);
      for (const link of links) expect(link).toContain(`: https://${host}/`);
    },
  );
});

it.each([
  ['mx-central-1', 'aws'],
  ['ap-southeast-7', 'aws'],
  ['us-gov-east-1', 'aws-us-gov'],
  ['cn-northwest-1', 'aws-cn'],
  ['eusc-de-east-1', 'aws-eusc'],
  ['us-iso-east-1', undefined],
  ['us-iso-west-1', undefined],
  ['moon-north-1', undefined],
])('the name of %s says which partition it is in, or that it does not say', (region, partition) => {
  expect(partitionOf(region)).toBe(partition);
});

it('a region that is new, or in a partition that is, can be set; an ARN of another partition cannot', () => {
  const inRegion = (region: string, arn: string) => () =>
    synth({ account: '123456789012', region, sensitiveSecretArns: [arn] });

  expect(
    inRegion('moon-north-12', 'arn:aws-moon:secretsmanager:moon-north-12:123456789012:secret:a-AbCdEf'),
  ).not.toThrow();
  expect(
    inRegion('cn-north-1', 'arn:aws:secretsmanager:cn-north-1:123456789012:secret:a-AbCdEf'),
  ).toThrowError(
    'sensitiveSecretArns.0: has the region cn-north-1, which is in aws-cn (got the partition aws)',
  );
});
