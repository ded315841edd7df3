import { describe, expect, it } from 'vitest';
import { DAY } from '../../lambda/core/model/time.ts';
import { neededStatements, placeOfKey } from '../../lib/encryption/key-statements.ts';
import { checkEncryption } from '../../ops/doctor/encryption.ts';
import type { Stage } from '../../ops/stage/stage.ts';
import { awsError, stubAws } from './support/aws.ts';
import { useStage } from './support/use-stage.ts';

const KEY = 'arn:aws:kms:us-east-1:000000000000:key/55555555-5555-4555-8555-555555555555';
const OLD = 'arn:aws:kms:us-east-1:000000000000:key/66666666-6666-4666-8666-666666666666';
/** The stack's own key. */
const OWN = 'arn:aws:kms:us-east-1:000000000000:key/77777777-7777-4777-8777-777777777777';
const ELSEWHERE = KEY.replace('000000000000', '999999999999');
const NOW = Date.UTC(2026, 10, 29);
const here = useStage();

interface Given {
  previous?: string[];
  /** When the queues got their new key, epoch milliseconds. */
  changed?: number;
  messages?: number;
  sse?: object;
  policy?: object;
  state?: string;
  value?: unknown;
  /** A key that cannot be used. */
  disabled?: string;
  /** A key that may not be looked at. */
  hidden?: string;
  key?: string | undefined;
  /** What is done with the stack's own key when the stack goes. */
  onDelete?: string;
}

/** A stage whose key was changed, over stubs; by default everything is over. */
function changedStage(given: Given = {}): Stage {
  const { previous = [], changed = NOW - DAY, messages = 0, state = 'Enabled', value = KEY } = given;
  const { sse = { Status: 'ENABLED', KMSMasterKeyArn: KEY } } = given;
  const { policy = { Statement: neededStatements(placeOfKey(KEY, here.stage.stackName)) } } = given;
  const resource = (ResourceType: string) => ({ ResourceType, LastUpdatedTimestamp: new Date(changed) });
  const { clients } = stubAws({
    DescribeKey: ({ KeyId }: Record<string, unknown>) =>
      KeyId === given.hidden
        ? awsError('AccessDeniedException', 'not authorized to perform: kms:DescribeKey on resource: x')
        : {
            KeyMetadata: {
              KeyState: KeyId === given.disabled ? 'Disabled' : state,
              KeySpec: 'SYMMETRIC_DEFAULT',
              KeyUsage: 'ENCRYPT_DECRYPT',
            },
          },
    // AWS lets no other account read it, whatever it says.
    GetKeyPolicy: ({ KeyId }: Record<string, unknown>) =>
      String(KeyId).includes(':000000000000:')
        ? { Policy: JSON.stringify(policy) }
        : awsError('AccessDeniedException'),
    GetTemplate: {
      TemplateBody: JSON.stringify({
        Resources: {
          Logs: { Type: 'AWS::Logs::LogGroup', Properties: { RetentionInDays: 90 } },
          Key: { Type: 'AWS::KMS::Key', DeletionPolicy: given.onDelete },
        },
        Outputs: {
          EncryptionKeyArn: { Value: value },
          PreviousEncryptionKeyArns: {
            Value: previous.includes(OWN)
              ? {
                  'Fn::Join': [
                    ',',
                    previous.map((arn) => (arn === OWN ? { 'Fn::GetAtt': ['Key', 'Arn'] } : arn)),
                  ],
                }
              : previous.join(','),
          },
        },
      }),
    },
    DescribeTable: { Table: { SSEDescription: sse } },
    GetQueueAttributes: { Attributes: { ApproximateNumberOfMessages: String(messages) } },
    ListStackResources: {
      StackResourceSummaries: ['AWS::SQS::Queue', 'AWS::Logs::LogGroup', 'AWS::DynamoDB::Table'].map(
        resource,
      ),
    },
  });
  const key = 'key' in given ? given.key : KEY;
  const outputs = {
    ...here.stage.outputs,
    ...(key !== undefined && { encryptionKeyArn: key }),
    previousEncryptionKeyArns: previous,
  };
  return { ...here.stage, clients, outputs };
}

const check = async (given?: Given) =>
  (await checkEncryption(changedStage(given), NOW)).map(({ state, text }) => `${state}: ${text}`);

describe('checkEncryption', () => {
  it('doctor says nothing of a stage without a key', async () => {
    expect(await checkEncryption(here.stage, NOW)).toEqual([]);
  });

  it('doctor names the key of a stage that has one', async () => {
    expect(await check()).toEqual([`ok: everything that is stored is encrypted with ${KEY}`]);
  });

  it('a key that is about to be deleted is a problem, with the call that saves it', async () => {
    const [finding] = await checkEncryption(changedStage({ state: 'PendingDeletion' }), NOW);

    expect(finding).toMatchObject({
      state: 'problem',
      next: expect.stringContaining(`aws kms cancel-key-deletion and aws kms enable-key --key-id ${KEY}`),
    });
  });

  it('what the policy of a key by ARN lacks is a problem, with the statement', async () => {
    const [finding] = await checkEncryption(changedStage({ policy: { Statement: [] } }), NOW);

    expect(finding).toMatchObject({ state: 'problem', next: expect.stringContaining('"Sid":"AccountUses"') });
  });

  it("the policy of the stack's own key is not read", async () => {
    const own = { 'Fn::GetAtt': ['Key', 'Arn'] };

    expect(await check({ policy: { Statement: [] }, value: own })).toEqual([expect.stringMatching(/^ok/)]);
  });

  it('a previous key may go once nothing that the functions read needs it', async () => {
    const changed = NOW - 2 * DAY;

    expect((await check({ previous: [OLD], changed })).at(-1)).toBe(
      `info: ${OLD} may go from previousEncryptionKeys; do not delete the key before ${new Date(changed + 90 * DAY).toISOString()}: logs and point-in-time recovery need it until then, and your own backups for as long as you keep them`,
    );
  });

  it.each<[string, Given, RegExp]>([
    [
      'messages that may be older wait',
      { messages: 1 },
      /messages wait that may be older than the change, until 2026-12-12/,
    ],
    [
      'the table still has it',
      { sse: { Status: 'ENABLED', KMSMasterKeyArn: OLD } },
      /encrypting the table again/,
    ],
    [
      'the table is being encrypted again',
      { sse: { Status: 'UPDATING', KMSMasterKeyArn: KEY } },
      /encrypting the table again/,
    ],
  ])('a previous key must stay while %s', async (_, given, expected) => {
    const text = (await check({ previous: [OLD], ...given })).at(-1);

    expect(text).toMatch(/^info: .* must stay in previousEncryptionKeys/);
    expect(text).toMatch(expected);
  });

  it('a previous key that must stay and is disabled is a problem', async () => {
    const stage = changedStage({ previous: [OLD], messages: 1, disabled: OLD });

    expect(await checkEncryption(stage, NOW)).toContainEqual(
      expect.objectContaining({
        state: 'problem',
        text: expect.stringContaining(`${OLD} is Disabled`),
        next: `aws kms enable-key --key-id ${OLD}`,
      }),
    );
  });

  it('a previous key that may go may be disabled', async () => {
    expect(await check({ previous: [OLD], disabled: OLD })).toEqual([
      expect.stringMatching(/^ok/),
      expect.stringContaining('may go'),
    ]);
  });

  it("the stack's own key must stay for older log lines where it would lose what CloudWatch Logs needs of it", async () => {
    const given = { previous: [OWN], key: undefined, onDelete: 'RetainExceptOnCreate' };
    const until = (days: number) => `until ${new Date(NOW + days * DAY).toISOString()}`;

    expect((await check({ ...given, changed: NOW - 2 * DAY })).at(-1)).toMatch(
      new RegExp(`must stay in previousEncryptionKeys: CloudWatch Logs decrypts older lines .*${until(88)}`),
    );
    expect((await check({ ...given, changed: NOW - 91 * DAY })).at(-1)).toContain('may go');
  });

  it("the stack's own key must stay for older log lines where it would be deleted", async () => {
    const given = { previous: [OWN], changed: NOW - 2 * DAY };

    expect((await check({ ...given, onDelete: 'Delete' })).at(-1)).toContain('must stay');
    expect((await check({ ...given, onDelete: 'RetainExceptOnCreate' })).at(-1)).toContain('may go');
  });

  it('another previous key may go while older log lines need the own one', async () => {
    const said = await check({
      previous: [OLD, OWN],
      key: undefined,
      onDelete: 'RetainExceptOnCreate',
      changed: NOW - 20 * DAY,
    });

    expect(said).toEqual([
      expect.stringContaining(`${OLD} may go`),
      expect.stringContaining(`${OWN} must stay`),
    ]);
  });

  it('the policy of a key of another account is not asked for, and the rest is reported', async () => {
    const said = await check({ key: ELSEWHERE, value: ELSEWHERE, previous: [OLD] });

    expect(said).toEqual([
      `ok: everything that is stored is encrypted with ${ELSEWHERE}; only account 999999999999 can read its policy`,
      expect.stringContaining(`${OLD} may go`),
    ]);
  });

  it('a key that may not be looked at does not hide whether a previous one may go', async () => {
    expect(await check({ hidden: KEY, previous: [OLD] })).toEqual([
      expect.stringMatching(/^problem: .*kms:DescribeKey/),
      expect.stringContaining(`${OLD} may go`),
    ]);
  });

  it('messages that wait need no previous key once none can be older than the change', async () => {
    expect((await check({ previous: [OLD], messages: 3, changed: NOW - 15 * DAY })).at(-1)).toContain(
      'may go',
    );
  });
});
