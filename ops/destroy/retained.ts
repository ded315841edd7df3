import { DeleteTableCommand, UpdateTableCommand } from '@aws-sdk/client-dynamodb';
import { DeleteSecretCommand } from '@aws-sdk/client-secrets-manager';
import { SECOND } from '../../lambda/core/model/index.ts';
import { readTemplate } from '../stage/deployed.ts';
import { isAwsError } from '../stage/explain.ts';
import { stackResources } from '../stage/resources.ts';
import type { FoundStage } from '../stage/stage.ts';

/** A resource that stays when its stack is deleted. Field names are part of `--json`. */
export interface Retained {
  type: string;
  logicalId: string;
  physicalId: string;
}

/**
 * What the stack would leave behind, according to its template; what no longer exists is left out. The product's data goes
 * with the stage; what the customer has added and wants retained is theirs to delete.
 */
export async function retainedResources(stage: FoundStage): Promise<{ data: Retained[]; left: Retained[] }> {
  const existing = await resourcesOf(stage);
  // A stack whose creation never began may have no template either.
  if (existing.length === 0) return { data: [], left: [] };
  const { Resources = {}, Outputs = {} } = await readTemplate(stage);
  const named = JSON.stringify(DATA.map((output) => Outputs[output]?.Value ?? null));
  const retained = existing.filter(({ logicalId }) =>
    /^Retain/.test(Resources[logicalId]?.DeletionPolicy ?? ''),
  );
  const isData = ({ type, logicalId }: Retained) => type in REMOVERS && named.includes(`"${logicalId}"`);
  return { data: retained.filter(isData), left: retained.filter((one) => !isData(one)) };
}

/** Outputs that name what holds the product's data. */
const DATA = ['TableName', 'SigningSecretName', 'ApiKeySecretName'];

async function resourcesOf(stage: FoundStage): Promise<Retained[]> {
  return (await stackResources(stage)).flatMap(
    ({ ResourceStatus, ResourceType = '', LogicalResourceId = '', PhysicalResourceId }) =>
      ResourceStatus !== 'DELETE_COMPLETE' && PhysicalResourceId
        ? [{ type: ResourceType, logicalId: LogicalResourceId, physicalId: PhysicalResourceId }]
        : [],
  );
}

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

/** Between two tries to delete a table that is being changed or deleted, milliseconds; and how many tries. */
const INTERVAL = 5 * SECOND;
const TRIES = 120;

/** A resource that no longer exists needs nothing; one that is being changed or deleted is waited for. Milliseconds. */
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
