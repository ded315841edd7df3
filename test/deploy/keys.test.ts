import { describe, expect, it } from 'vitest';
import { checkKeys } from '../../bin/before-deploy/checks/keys.ts';
import { checkPreviousKeys } from '../../bin/before-deploy/checks/previous-keys.ts';
import { preFlight } from '../../bin/before-deploy/pre-flight.ts';
import { neededStatements, placeOfKey } from '../../lib/encryption/key-statements.ts';
import type { StageSettings } from '../../lib/settings/stage-settings.ts';
import { awsError, stackOutputs } from '../ops/support/aws.ts';
import { ACCOUNT, account, answers, placeIn, REGION, STACK, textsOf } from './support.ts';

describe('checkKeys', () => {
  const key = `arn:aws:kms:${REGION}:${ACCOUNT}:key/55555555-5555-4555-8555-555555555555`;
  const metadata = { KeyState: 'Enabled', KeySpec: 'SYMMETRIC_DEFAULT', KeyUsage: 'ENCRYPT_DECRYPT' };
  const needed = neededStatements(placeOfKey(key, STACK));
  const policy = (Statement: readonly unknown[]) => ({
    Policy: JSON.stringify({ Version: '2012-10-17', Statement }),
  });
  const check = async (answer: Record<string, unknown>, encryptionKey = key) =>
    textsOf(
      await checkKeys(
        placeIn(
          account({ DescribeKey: { KeyMetadata: metadata }, GetKeyPolicy: policy(needed), ...answer }),
          { encryptionKey },
        ),
      ),
    );

  it('a key whose policy has the printed statements is fine', async () => {
    expect(await check({})).toEqual([]);
  });

  it.each(needed.map(({ Sid }) => Sid))('a policy without %s is a problem', async (sid) => {
    const rest = needed.filter(({ Sid }) => Sid !== sid);

    expect(await check({ GetKeyPolicy: policy(rest) })).toEqual([
      expect.stringMatching(new RegExp(`^problem: the policy of ${key} does not allow what ${sid} does`)),
    ]);
  });

  it.each(['Disabled', 'PendingDeletion'])('a key that is %s is a problem', async (KeyState) => {
    expect(await check({ DescribeKey: { KeyMetadata: { ...metadata, KeyState } } })).toEqual([
      expect.stringContaining(`is ${KeyState}: what it encrypts can be neither read nor written`),
    ]);
  });

  it('a key of another kind is a problem', async () => {
    const KeyMetadata = { ...metadata, KeySpec: 'RSA_2048' };

    expect(await check({ DescribeKey: { KeyMetadata } })).toEqual([
      expect.stringContaining('of another kind'),
    ]);
  });

  it('a key of another region is not asked for', async () => {
    const foreign = key.replace(REGION, 'eu-central-1');

    expect(await check({ DescribeKey: awsError('NotFoundException') }, foreign)).toEqual([]);
  });
});

describe('checkPreviousKeys', () => {
  const key = `arn:aws:kms:${REGION}:${ACCOUNT}:key/55555555-5555-4555-8555-555555555555`;
  const metadata = { KeyState: 'Enabled', KeySpec: 'SYMMETRIC_DEFAULT', KeyUsage: 'ENCRYPT_DECRYPT' };
  const allowing = (...Action: string[]) => {
    const Principal = { AWS: `arn:aws:iam::${ACCOUNT}:root` };
    return { Policy: JSON.stringify({ Statement: [{ Effect: 'Allow', Principal, Action, Resource: '*' }] }) };
  };
  const check = async (answer: Record<string, unknown>, previousEncryptionKeys = [key]) =>
    checkPreviousKeys(
      placeIn(
        account({ DescribeKey: { KeyMetadata: metadata }, GetKeyPolicy: allowing('kms:Decrypt'), ...answer }),
        { previousEncryptionKeys },
      ),
    );

  it('a previous key that may be used to decrypt is fine, whatever else its policy lacks', async () => {
    expect(await check({})).toEqual([]);
  });

  it('a previous key that is disabled is a warning, with the call that enables it', async () => {
    expect(
      await check({ DescribeKey: { KeyMetadata: { ...metadata, KeyState: 'Disabled' } } }),
    ).toMatchObject([{ state: 'warning', next: `aws kms enable-key --key-id ${key}` }]);
  });

  it('a previous key whose policy allows no decryption is a warning, with the statement', async () => {
    expect(await check({ GetKeyPolicy: allowing('kms:Encrypt') })).toMatchObject([
      { state: 'warning', next: expect.stringContaining('"kms:Decrypt"') },
    ]);
  });

  it("the stack's own key, and a key of another region, are not asked for", async () => {
    const foreign = key.replace(REGION, 'eu-central-1');

    expect(await check({ DescribeKey: awsError('NotFoundException') }, ['create', foreign])).toEqual([]);
  });
});

describe('checkDroppedKeys', () => {
  const [old, other, current] = ['4', '5', '6'].map(
    (digit) => `arn:aws:kms:${REGION}:${ACCOUNT}:key/${digit.repeat(8)}-4444-4444-8444-444444444444`,
  ) as [string, string, string];
  const own = { 'Fn::GetAtt': ['Key', 'Arn'] };

  /** Deploys settings over a stage that names previous keys, with this many messages in each queue. */
  const deploy = async (
    value: unknown,
    settings: StageSettings,
    { messages = 1, sse = {}, changes = {} } = {},
  ) => {
    const aws = account({
      DescribeStacks: {
        Stacks: [
          {
            StackStatus: 'UPDATE_COMPLETE',
            Outputs: stackOutputs({ EncryptionKeyArn: current, PreviousEncryptionKeyArns: old }),
          },
        ],
      },
      GetTemplate: {
        TemplateBody: JSON.stringify({ Outputs: { PreviousEncryptionKeyArns: { Value: value } } }),
      },
      GetQueueAttributes: { Attributes: { ApproximateNumberOfMessages: String(messages) } },
      DescribeTable: { Table: { SSEDescription: { Status: 'ENABLED', KMSMasterKeyArn: current, ...sse } } },
      ListStackResources: {
        StackResourceSummaries: [{ ResourceType: 'AWS::SQS::Queue', LastUpdatedTimestamp: new Date() }],
      },
      ...changes,
    });
    const said = answers();
    const deployed = preFlight(placeIn(aws, settings), { isFirst: false, isFree: false }, said);
    return deployed.then(
      () => said.text(),
      (error: Error) => `${error.message}\n${said.text()}`,
    );
  };

  it.each<[string, unknown, string]>([
    ['a key by ARN', old, old],
    ["the stack's own key", own, 'create'],
    ['one of two', { 'Fn::Join': ['', [`${other},`, own]] }, 'create'],
  ])('a previous key is not dropped while messages wait that need it: %s', async (_, value, lost) => {
    const said = await deploy(value, { previousEncryptionKeys: [other] });

    expect(said).toContain('nothing was deployed');
    expect(said).toContain(
      `✗ key: ${STACK} still needs ${lost}, which the settings no longer name: messages wait that may be older`,
    );
    expect(said).toContain(`next: keep in previousEncryptionKeys: '${lost}'; doctor says when it may go`);
  });

  it('a previous key is not dropped while the table is still encrypted with it', async () => {
    expect(await deploy(old, {}, { messages: 0, sse: { KMSMasterKeyArn: old } })).toContain(
      'nothing was deployed',
    );
  });

  it('a previous key may go once nothing needs it', async () => {
    expect(await deploy(old, {}, { messages: 0 })).not.toContain('✗');
  });

  it('a previous key that the settings still name, as the key or as a previous one, may stay in use', async () => {
    const changes = { DescribeTable: awsError('AccessDeniedException') };

    expect(await deploy(own, { encryptionKey: 'create' }, { changes })).not.toContain('previous keys');
    expect(await deploy(own, { previousEncryptionKeys: ['create'] }, { changes })).not.toContain(
      'previous keys',
    );
    expect(await deploy(own, {}, { changes })).toContain('! previous keys: not checked');
  });
});
