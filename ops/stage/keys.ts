import { DescribeKeyCommand, GetKeyPolicyCommand } from '@aws-sdk/client-kms';
import { neededStatements, placeOfKey, readStatement } from '../../lib/encryption/key-statements.ts';
import type { Clients } from './clients.ts';
import { missingStatements } from './key-policy.ts';

/** What keeps a key from encrypting a stage, and what to do. */
export interface KeyFault {
  problem: string;
  next: string;
}

/** The account that a key belongs to, if it is not the stage's: KMS lets only that one read the policy. */
export function ownerElsewhere(keyArn: string, account: string): string | undefined {
  const [, , , , owner] = keyArn.split(':');
  return owner === account ? undefined : owner;
}

/**
 * @param stage `account` has 12 digits; a key that is previous only has to decrypt
 */
export async function keyFaults(
  { kms }: Pick<Clients, 'kms'>,
  keyArn: string,
  stage: { stackName: string; account: string; isCreatedByStack?: boolean; isPrevious?: boolean },
): Promise<KeyFault[]> {
  const { KeyMetadata: key } = await kms.send(new DescribeKeyCommand({ KeyId: keyArn }));
  const unusable = unusableKey(keyArn, key?.KeyState, key?.KeySpec, key?.KeyUsage);
  if (unusable) return [unusable];
  if (stage.isCreatedByStack || ownerElsewhere(keyArn, stage.account) !== undefined) return [];
  const { Policy = '{}' } = await kms.send(new GetKeyPolicyCommand({ KeyId: keyArn, PolicyName: 'default' }));
  const place = placeOfKey(keyArn, stage.stackName, stage.account);
  const needed = stage.isPrevious ? [readStatement(place)] : neededStatements(place);
  return missingStatements(Policy, needed).map((statement) => ({
    problem: `the policy of ${keyArn} does not allow what ${statement.Sid} does (${Object.values(statement.Principal)[0]})`,
    next: `add to it: ${JSON.stringify(statement)}`,
  }));
}

function unusableKey(keyArn: string, state = '', spec = '', usage = ''): KeyFault | undefined {
  const next = WAYS_BACK[state];
  if (state !== 'Enabled') {
    const problem = `${keyArn} is ${state || 'unknown'}: what it encrypts can be neither read nor written`;
    return { problem, next: next ? `${next} --key-id ${keyArn}` : 'see the key in the KMS console' };
  }
  if (spec === 'SYMMETRIC_DEFAULT' && usage === 'ENCRYPT_DECRYPT') return undefined;
  const problem = `${keyArn} is a key of another kind (${spec}, ${usage})`;
  return { problem, next: 'set encryptionKey to a symmetric key for encryption and decryption' };
}

const WAYS_BACK: Readonly<Record<string, string>> = {
  Disabled: 'aws kms enable-key',
  PendingDeletion: 'at once, aws kms cancel-key-deletion and aws kms enable-key',
};
