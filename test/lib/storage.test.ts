import { describe, expect, it } from 'vitest';
import { BY_DAY_INDEX, INDEX_ATTRIBUTES, OPEN_INDEX, TTL_ATTRIBUTE } from '../../lambda/core/model/index.ts';
import { ofType, one, synth } from './support/synth.ts';

const dev = synth({ protectData: false });
const prod = synth({ protectData: true }, 'prod');
const TABLE = 'AWS::DynamoDB::Table';
const QUEUE = 'AWS::SQS::Queue';

describe('the table', () => {
  const { Properties } = one(dev, TABLE);
  const index = (name: string, partition: string) => ({
    IndexName: name,
    KeySchema: [
      { AttributeName: partition, KeyType: 'HASH' },
      { AttributeName: 'received_at', KeyType: 'RANGE' },
    ],
    Projection: { ProjectionType: 'INCLUDE', NonKeyAttributes: [...INDEX_ATTRIBUTES] },
  });

  it('expires items by the attribute that the code writes', () => {
    expect(Properties.TimeToLiveSpecification).toEqual({ AttributeName: TTL_ATTRIBUTE, Enabled: true });
  });

  it('has exactly the two indexes of the first release: no later one fits into one deployment with another', () => {
    expect(Properties.GlobalSecondaryIndexes).toEqual([
      index(OPEN_INDEX, 'open'),
      index(BY_DAY_INDEX, 'day'),
    ]);
  });

  it('is billed by request and can be set back to any second', () => {
    expect(Properties).toMatchObject({
      KeySchema: [
        { AttributeName: 'pk', KeyType: 'HASH' },
        { AttributeName: 'sk', KeyType: 'RANGE' },
      ],
      BillingMode: 'PAY_PER_REQUEST',
      PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
    });
  });
});

describe('what stays when the stack goes', () => {
  it.each([TABLE, 'AWS::SecretsManager::Secret'])('%s of a protected stage', (type) => {
    for (const [, resource] of ofType(prod, type)) {
      expect(resource).toMatchObject({ DeletionPolicy: 'Retain', UpdateReplacePolicy: 'Retain' });
    }
    expect(one(prod, TABLE).Properties.DeletionProtectionEnabled).toBe(true);
  });

  it('nothing of a stage that is not', () => {
    for (const [id, resource] of Object.entries(dev.Resources)) {
      expect(resource.DeletionPolicy ?? 'Delete', id).toBe('Delete');
    }
    expect(one(dev, TABLE).Properties.DeletionProtectionEnabled).toBe(false);
  });
});

describe('the secrets', () => {
  it('are created empty, so that no deployment touches their value', () => {
    const secrets = ofType(dev, 'AWS::SecretsManager::Secret');

    expect(secrets).toHaveLength(2);
    for (const [, { Properties }] of secrets) expect(Object.keys(Properties)).toEqual(['Description']);
  });

  it('are named in the outputs as CloudFormation names them', () => {
    const id = ofType(dev, 'AWS::SecretsManager::Secret').find(([secret]) => secret.includes('Signing'))?.[0];

    // arn:aws:secretsmanager:<region>:<account>:secret:<logical id>-<12 random>-<6 random>
    expect(JSON.stringify(dev.Outputs.SigningSecretName?.Value)).toContain(`{"Ref":"${id}"}`);
    expect(id).not.toContain('-');
  });
});

describe('the queues', () => {
  const queue = one(dev, QUEUE, 'QueuesQueue').Properties;
  const deadLetters = one(dev, QUEUE, 'DeadLetterQueue').Properties;

  it('keep messages 7 days, dead letters 14', () => {
    expect(queue.MessageRetentionPeriod).toBe(7 * 86_400);
    expect(deadLetters.MessageRetentionPeriod).toBe(14 * 86_400);
  });

  it('hand a message to the dead-letter queue only as a last backstop', () => {
    expect(queue.RedrivePolicy).toEqual({
      deadLetterTargetArn: { 'Fn::GetAtt': [expect.stringContaining('DeadLetterQueue'), 'Arn'] },
      maxReceiveCount: 1000,
    });
  });

  it('are encrypted and refuse calls without TLS', () => {
    const policies = ofType(dev, 'AWS::SQS::QueuePolicy').map(([, { Properties }]) => Properties);

    for (const each of [queue, deadLetters]) expect(each.SqsManagedSseEnabled).toBe(true);
    expect(policies).toHaveLength(2);
    for (const policy of policies) {
      expect(policy.PolicyDocument.Statement).toContainEqual(
        expect.objectContaining({
          Effect: 'Deny',
          Action: 'sqs:*',
          Condition: { Bool: { 'aws:SecureTransport': 'false' } },
        }),
      );
    }
  });
});
