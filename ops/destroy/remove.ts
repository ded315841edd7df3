import { DeleteTableCommand, UpdateTableCommand } from '@aws-sdk/client-dynamodb';
import { DeleteSecretCommand } from '@aws-sdk/client-secrets-manager';
import { isAwsError } from '../stage/explain.ts';
import type { Stage } from '../stage/stage.ts';
import type { Retained } from './retained.ts';

type Remover = (stage: Stage, physicalId: string) => Promise<void>;

const removers: Record<string, Remover> = {
  async 'AWS::DynamoDB::Table'({ clients }, TableName) {
    await clients.dynamoDb.send(new UpdateTableCommand({ TableName, DeletionProtectionEnabled: false }));
    await clients.dynamoDb.send(new DeleteTableCommand({ TableName }));
  },
  async 'AWS::SecretsManager::Secret'({ clients }, SecretId) {
    await clients.secrets.send(new DeleteSecretCommand({ SecretId, ForceDeleteWithoutRecovery: true }));
  },
};

export const isRemovable = ({ type }: Retained): boolean => type in removers;

/** Removes what the stack would leave behind. One that is gone already is what was wanted. */
export async function removeRetained(stage: Stage, { type, physicalId }: Retained): Promise<void> {
  try {
    await removers[type]?.(stage, physicalId);
  } catch (error) {
    if (!isAwsError(error, 'ResourceNotFoundException')) throw error;
  }
}
