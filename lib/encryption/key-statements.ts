/** Where a key is used. Without CDK, as the operator's command reads it too; values may be tokens. */
export interface KeyPlace {
  readonly partition: string;
  readonly region: string;
  readonly account: string;
  /** `amazonaws.com` */
  readonly urlSuffix: string;
  readonly stackName: string;
}

/** A statement of a key policy, as it is written there. */
export interface KeyStatement {
  readonly Sid: string;
  readonly Effect: 'Allow';
  readonly Principal: Readonly<Record<string, string>>;
  readonly Action: readonly string[];
  readonly Resource: '*';
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, string | readonly string[]>>>>;
}

/** Uses of a key that encrypts stores: the minimum that DynamoDB documents, which covers the other services. */
export const KEY_USES = [
  'kms:Decrypt',
  'kms:DescribeKey',
  'kms:Encrypt',
  'kms:GenerateDataKey',
  'kms:GenerateDataKeyWithoutPlaintext',
  'kms:ReEncryptFrom',
  'kms:ReEncryptTo',
] as const;

/**
 * CloudWatch publishes alarms and calls KMS under its own service principal. Without this, an alarm fires, no e-mail
 * arrives and nothing reports the failure.
 */
export const alarmsStatement = ({ partition, region, account }: KeyPlace): KeyStatement => ({
  Sid: 'AlarmsEncrypt',
  Effect: 'Allow',
  Principal: { Service: 'cloudwatch.amazonaws.com' },
  Action: ['kms:Decrypt', 'kms:GenerateDataKey*'],
  Resource: '*',
  Condition: {
    StringEquals: { 'aws:SourceAccount': account },
    ArnLike: { 'aws:SourceArn': `arn:${partition}:cloudwatch:${region}:${account}:alarm:*` },
  },
});

/** CloudWatch Logs encrypts under its own, regional service principal; without this, no log group can be created. */
export const logsStatement = (place: KeyPlace): KeyStatement => ({
  Sid: 'LogsEncrypt',
  Effect: 'Allow',
  Principal: { Service: `logs.${place.region}.${place.urlSuffix}` },
  Action: ['kms:Decrypt', 'kms:DescribeKey', 'kms:Encrypt', 'kms:GenerateDataKey*', 'kms:ReEncrypt*'],
  Resource: '*',
  Condition: { ArnLike: { 'kms:EncryptionContext:aws:logs:arn': [...logGroupsOf(place)] } },
});

/** Log groups of the functions, whose names CloudFormation generates, and of the access log. */
const logGroupsOf = ({ partition, region, account, stackName }: KeyPlace): string[] =>
  [`${stackName}-*`, `/aws/vendedlogs/apis/${stackName}`].map(
    (name) => `arn:${partition}:logs:${region}:${account}:log-group:${name}`,
  );

/** Lets policies in the stack's account give the use of the key, as those of the functions do. */
const accountStatement = ({ partition, account }: KeyPlace): KeyStatement => ({
  Sid: 'AccountUses',
  Effect: 'Allow',
  Principal: { AWS: `arn:${partition}:iam::${account}:root` },
  Action: [...KEY_USES, 'kms:CreateGrant'],
  Resource: '*',
});

/** What the policy of a previous key must allow for as long as something is encrypted with it. */
export const readStatement = (place: KeyPlace): KeyStatement => ({
  ...accountStatement(place),
  Action: ['kms:Decrypt'],
});

/** What the policy of a key by ARN must allow, in the order in which people read it. */
export const neededStatements = (place: KeyPlace): KeyStatement[] => [
  accountStatement(place),
  logsStatement(place),
  alarmsStatement(place),
];

const URL_SUFFIXES: Readonly<Record<string, string>> = {
  'aws-cn': 'amazonaws.com.cn',
  'aws-eusc': 'amazonaws.eu',
};

/** The place that is named in the ARN of a key. `account` is the stack's, if it is not the key's. */
export function placeOfKey(keyArn: string, stackName: string, account?: string): KeyPlace {
  const [, partition = '', , region = '', owner = ''] = keyArn.split(':');
  const urlSuffix = URL_SUFFIXES[partition] ?? 'amazonaws.com';
  return { partition, region, account: account ?? owner, urlSuffix, stackName };
}
