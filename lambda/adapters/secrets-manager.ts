import {
  GetSecretValueCommand,
  ResourceNotFoundException,
  type SecretsManagerClient,
  SecretsManagerServiceException,
} from '@aws-sdk/client-secrets-manager';
import { CURRENT_VERSION, type SecretLookup, type Secrets } from '../core/model/index.ts';
import { endedBy, type Machine, nodeSystem } from './system.ts';

/** @param signal Aborts every call. */
export function secretsManager(
  client: Pick<SecretsManagerClient, 'send'>,
  signal?: AbortSignal,
  machine: Machine = nodeSystem,
): Secrets {
  return {
    async get(secretId, version = CURRENT_VERSION, limit): Promise<SecretLookup> {
      const command = new GetSecretValueCommand({
        SecretId: secretId,
        ...(version.kind === 'id' ? { VersionId: version.id } : { VersionStage: version.label }),
      });
      try {
        const abortSignal = limit ? endedBy(machine, limit, signal) : signal;
        const found = await client.send(command, abortSignal ? { abortSignal } : {});
        const createdAt = found.CreatedDate?.getTime() ?? 0;
        if (found.SecretString === undefined) return { kind: 'binary', createdAt };
        return { kind: 'found', value: found.SecretString, versionId: found.VersionId ?? '', createdAt };
      } catch (error) {
        // A secret without a value is reported like one that does not exist: no version has the label.
        if (error instanceof ResourceNotFoundException) return { kind: 'missing' };
        if (error instanceof SecretsManagerServiceException && error.name === 'AccessDeniedException') {
          return { kind: 'denied' };
        }
        throw error;
      }
    },
  };
}
