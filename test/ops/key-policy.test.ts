import { describe, expect, it } from 'vitest';
import { neededStatements, placeOfKey } from '../../lib/encryption/key-statements.ts';
import { missingStatements } from '../../ops/stage/key-policy.ts';

const KEY = 'arn:aws:kms:eu-west-1:123456789012:key/55555555-5555-4555-8555-555555555555';
const STACK = 'CyberdeskWebhooks-prod';
const needed = neededStatements(placeOfKey(KEY, STACK));
const root = 'arn:aws:iam::123456789012:root';

const missing = (...Statement: object[]) =>
  missingStatements(JSON.stringify({ Version: '2012-10-17', Statement }), needed).map(({ Sid }) => Sid);

const [account, logs, alarms] = needed as unknown as [object, object, object];

describe('missingStatements', () => {
  it('an empty policy lacks everything', () => {
    expect(missing()).toEqual(['AccountUses', 'LogsEncrypt', 'AlarmsEncrypt']);
  });

  it('the statements that synthesis prints lack nothing', () => {
    expect(missing(account, logs, alarms)).toEqual([]);
  });

  it.each([
    [
      'the default statement of KMS',
      { Effect: 'Allow', Principal: { AWS: root }, Action: 'kms:*', Resource: '*' },
    ],
    ['the account by its id', { ...account, Principal: { AWS: ['123456789012'] } }],
    [
      'a condition on something unknown',
      { ...account, Condition: { StringEquals: { 'aws:PrincipalOrgID': 'o-1' } } },
    ],
  ])('policies of the account may decide by %s', (_, statement) => {
    expect(missing(statement, logs, alarms)).toEqual([]);
  });

  it.each([
    ['another account', { ...account, Principal: { AWS: 'arn:aws:iam::999999999999:root' } }],
    ['one role only', { ...account, Principal: { AWS: 'arn:aws:iam::123456789012:role/db' } }],
    ['fewer actions', { ...account, Action: ['kms:Decrypt'] }],
    ['a deny', { ...account, Effect: 'Deny' }],
  ])('policies of the account may not decide by a statement for %s', (_, statement) => {
    expect(missing(statement, logs, alarms)).toEqual(['AccountUses']);
  });

  it('the statement that AWS documents for log groups is enough, and one for another group is not', () => {
    const documented = (group: string) => ({
      Effect: 'Allow',
      Principal: { Service: 'logs.eu-west-1.amazonaws.com' },
      Action: ['kms:Encrypt*', 'kms:Decrypt*', 'kms:ReEncrypt*', 'kms:GenerateDataKey*', 'kms:Describe*'],
      Resource: '*',
      Condition: {
        ArnLike: { 'kms:EncryptionContext:aws:logs:arn': `arn:aws:logs:eu-west-1:123456789012:${group}` },
      },
    });

    expect(missing(account, documented('*'), alarms)).toEqual([]);
    expect(missing(account, documented(`log-group:${STACK}-*`), alarms)).toEqual(['LogsEncrypt']);
    expect(missing(account, documented('log-group:others'), alarms)).toEqual(['LogsEncrypt']);
  });

  it('a statement for alarms of another account is not enough', () => {
    const others = { ...alarms, Condition: { StringEquals: { 'aws:SourceAccount': '999999999999' } } };

    expect(missing(account, logs, others)).toEqual(['AlarmsEncrypt']);
  });
});
