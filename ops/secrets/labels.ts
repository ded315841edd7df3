import {
  DescribeSecretCommand,
  GetSecretValueCommand,
  ResourceNotFoundException,
} from '@aws-sdk/client-secrets-manager';
import { isAwsError } from '../stage/explain.ts';
import type { Stage } from '../stage/stage.ts';

export type Label = 'AWSCURRENT' | 'AWSPREVIOUS';

export interface SecretVersion {
  value: string;
  versionId: string;
  createdAt: Date | undefined;
}

/** A version by its label; undefined where no version holds it, as in a secret that was never set. */
export async function readSecret(
  { clients }: Stage,
  secretId: string,
  label: Label = 'AWSCURRENT',
): Promise<SecretVersion | undefined> {
  try {
    const { SecretString, VersionId, CreatedDate } = await clients.secrets.send(
      new GetSecretValueCommand({ SecretId: secretId, VersionStage: label }),
    );
    if (SecretString === undefined) return undefined;
    return { value: SecretString, versionId: VersionId ?? '', createdAt: CreatedDate };
  } catch (error) {
    if (error instanceof ResourceNotFoundException || isAwsError(error, 'ResourceNotFoundException'))
      return undefined;
    throw error;
  }
}

/** Id of the version that holds a label, without reading its value. */
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
