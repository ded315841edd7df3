import { AwsServiceError } from './aws-service-error.ts';

interface Version {
  readonly id: string;
  readonly value: { readonly SecretString?: string; readonly SecretBinary?: string };
  /** Epoch seconds with milliseconds, as the JSON protocol writes dates. */
  readonly createdAt: number;
  readonly stages: Set<string>;
}

/** One secret with its versions and their stages (`AWSCURRENT`, `AWSPREVIOUS`, own ones). */
export class Secret {
  readonly arn: string;
  readonly name: string;
  readonly #description: string | undefined;
  readonly #createdAt = nowSeconds();
  readonly #versions = new Map<string, Version>();

  constructor(arn: string, name: string, description: string | undefined) {
    this.arn = arn;
    this.name = name;
    this.#description = description;
  }

  /** GetSecretValue. Without id and stage: AWSCURRENT. */
  value(id: string | undefined, stage: string | undefined): unknown {
    const wanted = stage ?? (id === undefined ? 'AWSCURRENT' : undefined);
    const version = id === undefined ? this.#withStage(wanted ?? '') : this.#versions.get(id);
    if (!version || (wanted !== undefined && !version.stages.has(wanted))) {
      const by = id === undefined ? `staging label: ${wanted}` : `VersionId: ${id}`;
      throw new AwsServiceError(
        'ResourceNotFoundException',
        `Secrets Manager can't find the specified secret value for ${by}`,
      );
    }
    return {
      ARN: this.arn,
      Name: this.name,
      VersionId: version.id,
      ...version.value,
      VersionStages: [...version.stages],
      CreatedDate: version.createdAt,
    };
  }

  /** PutSecretValue. The same token with the same value again changes nothing. */
  put(value: Version['value'], id: string, stages: readonly string[]): unknown {
    if (value.SecretString === undefined && value.SecretBinary === undefined) {
      throw new AwsServiceError(
        'InvalidRequestException',
        'You must provide either SecretString or SecretBinary.',
      );
    }
    const existing = this.#versions.get(id);
    if (existing && JSON.stringify(existing.value) !== JSON.stringify(value)) {
      throw new AwsServiceError(
        'ResourceExistsException',
        `You can't use ClientRequestToken ${id} because that value is already in use for a version of secret ${this.arn}.`,
      );
    }
    const version = existing ?? { id, value, createdAt: nowSeconds(), stages: new Set<string>() };
    this.#versions.set(id, version);
    if (!existing) for (const stage of stages) this.#assign(stage, version);
    // A secret's first version is always the current one.
    if (!this.#withStage('AWSCURRENT')) this.#assign('AWSCURRENT', version);
    return { ARN: this.arn, Name: this.name, VersionId: id, VersionStages: [...version.stages] };
  }

  /** UpdateSecretVersionStage. */
  moveStage(stage: string, to: string | undefined, from: string | undefined): unknown {
    const holder = this.#withStage(stage);
    if (holder && to !== undefined && holder.id !== to && holder.id !== from) {
      throw new AwsServiceError(
        'InvalidParameterException',
        `The parameter RemoveFromVersionId can't be empty. Staging label ${stage} is currently attached to version ${holder.id}, so you must explicitly reference that version in RemoveFromVersionId.`,
      );
    }
    if (from !== undefined && holder?.id !== from) {
      throw new AwsServiceError(
        'InvalidParameterException',
        `The staging label ${stage} isn't attached to version ${from}.`,
      );
    }
    if (stage === 'AWSCURRENT' && to === undefined) {
      throw new AwsServiceError(
        'InvalidParameterException',
        'You can only move staging label AWSCURRENT to a different secret version. It can’t be completely removed.',
      );
    }
    const target = to === undefined ? undefined : this.#versions.get(to);
    if (to !== undefined && !target) {
      throw new AwsServiceError(
        'ResourceNotFoundException',
        `Secrets Manager can't find the specified secret version: ${to}.`,
      );
    }
    if (target) this.#assign(stage, target);
    else holder?.stages.delete(stage);
    return { ARN: this.arn, Name: this.name };
  }

  /** DescribeSecret. */
  describe(): Record<string, unknown> {
    const changed = [...this.#versions.values()].map((version) => version.createdAt);
    const staged = [...this.#versions.values()].filter((version) => version.stages.size > 0);
    return {
      ARN: this.arn,
      Name: this.name,
      ...(this.#description !== undefined && { Description: this.#description }),
      CreatedDate: this.#createdAt,
      LastChangedDate: Math.max(this.#createdAt, ...changed),
      ...(staged.length > 0 && {
        VersionIdsToStages: Object.fromEntries(staged.map((version) => [version.id, [...version.stages]])),
      }),
    };
  }

  /** ListSecretVersionIds. */
  listVersions(includeDeprecated: boolean): unknown {
    const listed = [...this.#versions.values()].filter(
      (version) => includeDeprecated || version.stages.size > 0,
    );
    return {
      ARN: this.arn,
      Name: this.name,
      Versions: listed.map((version) => ({
        VersionId: version.id,
        VersionStages: [...version.stages],
        CreatedDate: version.createdAt,
      })),
    };
  }

  #withStage(stage: string): Version | undefined {
    return [...this.#versions.values()].find((version) => version.stages.has(stage));
  }

  /** A stage belongs to one version at a time; the version that AWSCURRENT leaves becomes AWSPREVIOUS. */
  #assign(stage: string, version: Version): void {
    const holder = this.#withStage(stage);
    if (holder === version) return;
    holder?.stages.delete(stage);
    version.stages.add(stage);
    if (stage === 'AWSCURRENT' && holder) this.#assign('AWSPREVIOUS', holder);
  }
}

function nowSeconds(): number {
  return Date.now() / 1000;
}
