import { DescribeSecretCommand, GetSecretValueCommand } from '@aws-sdk/client-secrets-manager';
import { isAwsError } from './explain.ts';
import type { Stage } from './stage.ts';

export type Label = 'AWSCURRENT' | 'AWSPREVIOUS';

/** The value of the version with a label; undefined if no version has it, as in a secret that was never set. */
export async function readSecret(
  { clients }: Stage,
  secretId: string,
  label: Label = 'AWSCURRENT',
): Promise<string | undefined> {
  try {
    const { SecretString } = await clients.secrets.send(
      new GetSecretValueCommand({ SecretId: secretId, VersionStage: label }),
    );
    return SecretString;
  } catch (error) {
    if (isAwsError(error, 'ResourceNotFoundException')) return undefined;
    throw error;
  }
}

/** Id of the version with a label, without reading its value. */
export async function versionWith(
  { clients }: Stage,
  secretId: string,
  label: Label,
): Promise<string | undefined> {
  const { VersionIdsToStages = {} } = await clients.secrets.send(
    new DescribeSecretCommand({ SecretId: secretId }),
  );
  return Object.entries(VersionIdsToStages).find(([, labels]) => labels?.includes(label))?.[0];
}
