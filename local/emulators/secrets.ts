import { randomBytes, randomUUID } from 'node:crypto';
import type { Kept } from '../state/kept.ts';
import { KeptMap } from '../state/kept-map.ts';
import type { SecretModel } from '../template/model.ts';
import {
  type AwsBackend,
  type AwsRequest,
  type AwsResponse,
  AwsServiceError,
  awsError,
  type Parameters,
} from './messages.ts';
import { type KeptVersion, Secret } from './secret.ts';

/** In place of what CloudFormation would generate; of what length and characters does not matter here. */
export const generatedValue = (): string => randomBytes(24).toString('hex');

/** The part of Secrets Manager that the functions and the command use. Error messages are those of AWS. */
export class SecretsManager implements AwsBackend {
  readonly #secrets = new Map<string, Secret>();
  readonly #versions: KeptMap<readonly KeptVersion[]>;

  /**
   * The stack's secrets exist from the start, without a value if none is generated.
   * @param kept where their values are kept
   */
  constructor(models: readonly SecretModel[], kept?: Kept) {
    this.#versions = new KeptMap(kept, 'secret');
    for (const model of models) {
      const secret = new Secret(model, this.#versions.get(model.arn));
      this.#secrets.set(model.arn, secret).set(model.name, secret);
      if (!model.isGenerated || secret.versions().length > 0) continue;
      secret.put({ SecretString: generatedValue() }, randomUUID(), ['AWSCURRENT']);
      this.#versions.set(secret.arn, secret.versions());
    }
  }

  async handle(request: AwsRequest): Promise<AwsResponse> {
    try {
      const result = this.#perform(request.operation, request.parameters());
      const headers = { 'content-type': 'application/x-amz-json-1.1' };
      return { status: 200, headers, body: JSON.stringify(result) };
    } catch (error) {
      if (error instanceof AwsServiceError) return awsError('secretsmanager', error);
      throw error;
    }
  }

  async close(): Promise<void> {}

  #perform(operation: string, parameters: Parameters): unknown {
    const text = (name: string) => (parameters[name] === undefined ? undefined : String(parameters[name]));
    switch (operation) {
      case 'ListSecrets':
        return { SecretList: [...new Set(this.#secrets.values())].map((secret) => secret.describe()) };
      case 'GetSecretValue':
        return this.#find(parameters).value(text('VersionId'), text('VersionStage'));
      case 'PutSecretValue': {
        const { SecretString, SecretBinary } = parameters;
        const value = {
          ...(SecretString !== undefined && { SecretString: String(SecretString) }),
          ...(SecretBinary !== undefined && { SecretBinary: String(SecretBinary) }),
        };
        const stages = [parameters.VersionStages ?? 'AWSCURRENT'].flat().map(String);
        return this.#change(parameters, (secret) =>
          secret.put(value, text('ClientRequestToken') ?? randomUUID(), stages),
        );
      }
      case 'DescribeSecret':
        return this.#find(parameters).describe();
      case 'UpdateSecretVersionStage': {
        const [stage = '', to, from] = ['VersionStage', 'MoveToVersionId', 'RemoveFromVersionId'].map(text);
        return this.#change(parameters, (secret) => secret.moveStage(stage, to, from));
      }
    }
    const message = `the local Secrets Manager does not support ${operation}`;
    throw new AwsServiceError('InvalidRequestException', message);
  }

  #change<T>(parameters: Parameters, change: (secret: Secret) => T): T {
    const secret = this.#find(parameters);
    const result = change(secret);
    this.#versions.set(secret.arn, secret.versions());
    return result;
  }

  #find({ SecretId }: Parameters): Secret {
    const secret = this.#secrets.get(String(SecretId));
    if (secret) return secret;
    const message = "Secrets Manager can't find the specified secret.";
    throw new AwsServiceError('ResourceNotFoundException', message);
  }
}
