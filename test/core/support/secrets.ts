import { CURRENT_VERSION, type SecretLookup, type Secrets } from '../../../lambda/core/model/index.ts';
import { START } from './system.ts';

/** Secrets Manager in memory. */
export class TestSecrets implements Secrets {
  /** By the secret's id, followed by `#` and a stage or version id. */
  readonly values = new Map<string, SecretLookup>();
  /** Every request fails. */
  failing = false;
  /** Ids of which every request fails, with `#` and a stage or version id. */
  readonly broken = new Set<string>();
  /** Requests so far. */
  requests = 0;

  /** @param id The secret's id, followed by `#` and a stage or version id. */
  set(id: string, value: string, versionId = 'v1', createdAt = START): void {
    this.values.set(id, { kind: 'found', value, versionId, createdAt });
  }

  get: Secrets['get'] = async (secretId, version = CURRENT_VERSION) => {
    this.requests += 1;
    const id = `${secretId}#${version.kind === 'id' ? version.id : version.label}`;
    if (this.failing || this.broken.has(id)) throw new Error('Secrets Manager is down');
    return this.values.get(id) ?? { kind: 'missing' };
  };
}
