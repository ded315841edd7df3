import { randomUUID } from 'node:crypto';
import type { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';

interface Version {
  value: string;
  labels: Set<string>;
  createdAt: Date;
}

/** Secrets Manager in memory: the calls that the verbs use, moving labels as AWS does. */
export function fakeSecrets(names: string[]) {
  const secrets = new Map(names.map((name) => [name, new Map<string, Version>()]));
  const missing = () =>
    Object.assign(new Error('Secrets Manager can’t find the specified secret value.'), {
      name: 'ResourceNotFoundException',
    });
  const labelled = (versions: Map<string, Version>, label: string) =>
    [...versions.entries()].find(([, version]) => version.labels.has(label));

  const calls: Record<string, (input: Record<string, string>) => unknown> = {
    GetSecretValueCommand({ SecretId = '', VersionStage = 'AWSCURRENT', VersionId }) {
      const versions = secrets.get(SecretId);
      const found =
        VersionId === undefined
          ? versions && labelled(versions, VersionStage)
          : versions && [VersionId, versions.get(VersionId)];
      if (!found?.[1]) throw missing();
      const [id, version] = found as [string, Version];
      return { SecretString: version.value, VersionId: id, CreatedDate: version.createdAt };
    },
    DescribeSecretCommand({ SecretId = '' }) {
      const versions = secrets.get(SecretId);
      if (!versions) throw missing();
      return {
        VersionIdsToStages: Object.fromEntries([...versions].map(([id, { labels }]) => [id, [...labels]])),
      };
    },
    PutSecretValueCommand({ SecretId = '', SecretString = '' }) {
      const versions = secrets.get(SecretId);
      if (!versions) throw missing();
      const current = labelled(versions, 'AWSCURRENT')?.[1];
      if (current) {
        labelled(versions, 'AWSPREVIOUS')?.[1].labels.delete('AWSPREVIOUS');
        current.labels.delete('AWSCURRENT');
        current.labels.add('AWSPREVIOUS');
      }
      const id = randomUUID();
      versions.set(id, { value: SecretString, labels: new Set(['AWSCURRENT']), createdAt: new Date() });
      return { VersionId: id };
    },
    UpdateSecretVersionStageCommand({
      SecretId = '',
      VersionStage = '',
      RemoveFromVersionId,
      MoveToVersionId,
    }) {
      const versions = secrets.get(SecretId);
      if (RemoveFromVersionId) versions?.get(RemoveFromVersionId)?.labels.delete(VersionStage);
      if (MoveToVersionId) versions?.get(MoveToVersionId)?.labels.add(VersionStage);
      return {};
    },
  };

  const client = {
    async send(command: { constructor: { name: string }; input: Record<string, string> }) {
      const call = calls[command.constructor.name];
      if (!call) throw new Error(`the fake knows no ${command.constructor.name}`);
      return call(command.input);
    },
  } as unknown as Pick<SecretsManagerClient, 'send'>;
  return {
    client,
    value: (name: string, label: string) =>
      labelled(secrets.get(name) as Map<string, Version>, label)?.[1].value,
  };
}
