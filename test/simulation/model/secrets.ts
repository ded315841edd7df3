import type { SecretLookup, SecretVersion } from '../../../lambda/core/model/index.ts';

interface Version {
  id: string;
  value: string;
  createdAt: number;
}

/** Secrets with versions: a rotation moves the labels, and a version without a label is gone. */
export class SecretsModel {
  readonly #secrets = new Map<string, { current?: Version; previous?: Version }>();
  #count = 0;

  set(secretId: string, value: string, now: number): void {
    this.#count += 1;
    const before = this.#secrets.get(secretId)?.current;
    const current = { id: `version-${this.#count}`, value, createdAt: now };
    this.#secrets.set(secretId, before ? { current, previous: before } : { current });
  }

  get(secretId: string, version: SecretVersion): SecretLookup {
    const { current, previous } = this.#secrets.get(secretId) ?? {};
    const found =
      version.kind === 'id'
        ? [current, previous].find((it) => it?.id === version.id)
        : version.label === 'AWSCURRENT'
          ? current
          : previous;
    if (!found) return { kind: 'missing' };
    return { kind: 'found', value: found.value, versionId: found.id, createdAt: found.createdAt };
  }
}
