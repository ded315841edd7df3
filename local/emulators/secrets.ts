import { randomUUID } from 'node:crypto';
import type { SecretModel } from '../template/model.ts';
import {
  type AwsBackend,
  type AwsRequest,
  type AwsResponse,
  AwsServiceError,
  awsError,
  type Parameters,
} from './messages.ts';
import { Secret } from './secret.ts';

/** The part of Secrets Manager that the functions and the command use. Error messages are those of AWS. */
export class SecretsManager implements AwsBackend {
  readonly #secrets = new Map<string, Secret>();

  /** The stack's secrets exist from the start, without a value. */
  constructor(models: readonly SecretModel[]) {
    for (const { arn, name, description } of models) {
      const secret = new Secret(arn, name, description);
      this.#secrets.set(arn, secret).set(name, secret);
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
        return this.#find(parameters).put(value, text('ClientRequestToken') ?? randomUUID(), stages);
      }
      case 'DescribeSecret':
        return this.#find(parameters).describe();
      case 'UpdateSecretVersionStage': {
        const secret = this.#find(parameters);
        return secret.moveStage(
          text('VersionStage') ?? '',
          text('MoveToVersionId'),
          text('RemoveFromVersionId'),
        );
      }
    }
    const message = `the local Secrets Manager does not support ${operation}`;
    throw new AwsServiceError('InvalidRequestException', message);
  }

  #find({ SecretId }: Parameters): Secret {
    const secret = this.#secrets.get(String(SecretId));
    if (secret) return secret;
    const message = "Secrets Manager can't find the specified secret.";
    throw new AwsServiceError('ResourceNotFoundException', message);
  }
}
