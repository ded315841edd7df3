import { DeleteTableCommand, UpdateTableCommand } from '@aws-sdk/client-dynamodb';
import { DeleteSecretCommand } from '@aws-sdk/client-secrets-manager';
import { SECOND } from '../../lambda/core/model/index.ts';
import { isAwsError } from '../stage/explain.ts';
import type { FoundStage } from '../stage/stage.ts';
import type { Retained } from './retained.ts';

type Remover = (stage: FoundStage, physicalId: string) => Promise<void>;

const REMOVERS: Record<string, Remover> = {
  async 'AWS::DynamoDB::Table'({ clients }, TableName) {
    await clients.dynamoDb.send(new UpdateTableCommand({ TableName, DeletionProtectionEnabled: false }));
    await clients.dynamoDb.send(new DeleteTableCommand({ TableName }));
  },
  async 'AWS::SecretsManager::Secret'({ clients }, SecretId) {
    await clients.secrets.send(new DeleteSecretCommand({ SecretId, ForceDeleteWithoutRecovery: true }));
  },
};

export const isRemovable = ({ type }: Retained): boolean => type in REMOVERS;

/** Between two tries to delete a table that is being changed or deleted, milliseconds; and how many tries. */
const INTERVAL = 5 * SECOND;
const TRIES = 120;

/**
 * Deletes what the stack would leave behind. A resource that no longer exists needs nothing; one that is being
 * changed, or is being deleted by an earlier call, is waited for.
 *
 * @param sleep milliseconds
 */
export async function removeRetained(
  stage: FoundStage,
  { type, physicalId }: Retained,
  sleep: (ms: number) => Promise<unknown>,
): Promise<void> {
  for (let tries = 1; ; tries += 1) {
    try {
      await REMOVERS[type]?.(stage, physicalId);
      return;
    } catch (error) {
      if (isAwsError(error, 'ResourceNotFoundException')) return;
      if (!isAwsError(error, 'ResourceInUseException') || tries === TRIES) throw error;
    }
    await sleep(INTERVAL);
  }
}
