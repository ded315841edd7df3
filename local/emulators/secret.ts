import { AwsServiceError } from './messages.ts';

interface Version {
  readonly id: string;
  readonly value: { readonly SecretString?: string; readonly SecretBinary?: string };
  /** Epoch seconds with milliseconds, as the JSON protocol writes dates. */
  readonly createdAt: number;
  readonly stages: Set<string>;
}

/** A version as JSON. */
export type KeptVersion = Omit<Version, 'stages'> & { readonly stages: readonly string[] };

/** One secret with its versions and their staging labels: `AWSCURRENT`, `AWSPREVIOUS` and custom ones. */
export class Secret {
  readonly arn: string;
  readonly name: string;
  readonly #description: string | undefined;
  readonly #createdAt = nowSeconds();
  readonly #versions: Map<string, Version>;

  /** @param versions as {@link versions} gave them */
  constructor(
    { arn, name, description }: { arn: string; name: string; description: string | undefined },
    versions: readonly KeptVersion[] = [],
  ) {
    this.arn = arn;
    this.name = name;
    this.#description = description;
    this.#versions = new Map(
      versions.map((version) => [version.id, { ...version, stages: new Set(version.stages) }]),
    );
  }

  /** All that is to be kept. */
  versions(): KeptVersion[] {
    return [...this.#versions.values()].map((version) => ({ ...version, stages: [...version.stages] }));
  }

  /** GetSecretValue; AWSCURRENT without id and stage. */
  value(id: string | undefined, stage: string | undefined): unknown {
    const wanted = stage ?? (id === undefined ? 'AWSCURRENT' : undefined);
    const version = id === undefined ? this.#withStage(wanted ?? '') : this.#versions.get(id);
    if (!version || (wanted !== undefined && !version.stages.has(wanted))) {
      const by = id === undefined ? `staging label: ${wanted}` : `VersionId: ${id}`;
      throw notFound(`value for ${by}`);
    }
    return {
      ...this.#named(),
      VersionId: version.id,
      ...version.value,
      VersionStages: [...version.stages],
      CreatedDate: version.createdAt,
    };
  }

  /** PutSecretValue. Repeating the same token and value changes nothing. */
  put(value: Version['value'], id: string, stages: readonly string[]): unknown {
    if (value.SecretString === undefined && value.SecretBinary === undefined) {
      const message = 'You must provide either SecretString or SecretBinary.';
      throw new AwsServiceError('InvalidRequestException', message);
    }
    const existing = this.#versions.get(id);
    if (existing && JSON.stringify(existing.value) !== JSON.stringify(value)) {
      const message = `You can't use ClientRequestToken ${id} because that value is already in use for a version of secret ${this.arn}.`;
      throw new AwsServiceError('ResourceExistsException', message);
    }
    const version = existing ?? { id, value, createdAt: nowSeconds(), stages: new Set<string>() };
    this.#versions.set(id, version);
    if (!existing) for (const stage of stages) this.#assign(stage, version);
    // A secret's first version is always the current one.
    if (!this.#withStage('AWSCURRENT')) this.#assign('AWSCURRENT', version);
    return { ...this.#named(), VersionId: id, VersionStages: [...version.stages] };
  }

  /** UpdateSecretVersionStage. */
  moveStage(stage: string, to: string | undefined, from: string | undefined): unknown {
    const holder = this.#withStage(stage);
    if (holder && to !== undefined && holder.id !== to && holder.id !== from) {
      throw invalid(
        `The parameter RemoveFromVersionId can't be empty. Staging label ${stage} is currently attached to version ${holder.id}, so you must explicitly reference that version in RemoveFromVersionId.`,
      );
    }
    if (from !== undefined && holder?.id !== from) {
      throw invalid(`The staging label ${stage} isn't attached to version ${from}.`);
    }
    if (stage === 'AWSCURRENT' && to === undefined) {
      throw invalid(
        'You can only move staging label AWSCURRENT to a different secret version. It can’t be completely removed.',
      );
    }
    const target = to === undefined ? undefined : this.#versions.get(to);
    if (to !== undefined && !target) throw notFound(`version: ${to}.`);
    if (target) this.#assign(stage, target);
    else holder?.stages.delete(stage);
    return this.#named();
  }

  describe(): Record<string, unknown> {
    const versions = [...this.#versions.values()];
    const staged = versions.filter(({ stages }) => stages.size > 0);
    return {
      ...this.#named(),
      ...(this.#description !== undefined && { Description: this.#description }),
      CreatedDate: this.#createdAt,
      LastChangedDate: Math.max(this.#createdAt, ...versions.map(({ createdAt }) => createdAt)),
      ...(staged.length > 0 && {
        VersionIdsToStages: Object.fromEntries(staged.map(({ id, stages }) => [id, [...stages]])),
      }),
    };
  }

  #named() {
    return { ARN: this.arn, Name: this.name };
  }

  #withStage(stage: string): Version | undefined {
    return [...this.#versions.values()].find(({ stages }) => stages.has(stage));
  }

  /** A stage is attached to one version at a time; the version that loses AWSCURRENT becomes AWSPREVIOUS. */
  #assign(stage: string, version: Version): void {
    const holder = this.#withStage(stage);
    if (holder === version) return;
    holder?.stages.delete(stage);
    version.stages.add(stage);
    if (stage === 'AWSCURRENT' && holder) this.#assign('AWSPREVIOUS', holder);
  }
}

const notFound = (what: string) =>
  new AwsServiceError('ResourceNotFoundException', `Secrets Manager can't find the specified secret ${what}`);

const invalid = (message: string) => new AwsServiceError('InvalidParameterException', message);

const nowSeconds = () => Date.now() / 1000;
