import { randomUUID } from 'node:crypto';
import type { SecretModel } from '../template/model.ts';
import { AwsServiceError } from './aws-service-error.ts';
import { type AwsBackend, type AwsRequest, type AwsResponse, awsError } from './messages.ts';
import { Secret } from './secret.ts';

type Parameters = Readonly<Record<string, unknown>>;

/** Secrets Manager, as far as the functions and the operator's command use it. */
export class SecretsManager implements AwsBackend {
  readonly #secrets = new Map<string, Secret>();

  /** The stack's secrets exist from the start, without a value. */
  constructor(models: readonly SecretModel[]) {
    for (const model of models) this.#add(new Secret(model.arn, model.name, model.description));
  }

  async handle(request: AwsRequest): Promise<AwsResponse> {
    try {
      const result = this.#perform(request.operation, request.parameters());
      return {
        status: 200,
        headers: { 'content-type': 'application/x-amz-json-1.1' },
        body: JSON.stringify(result),
      };
    } catch (error) {
      if (error instanceof AwsServiceError) return awsError('secretsmanager', error);
      throw error;
    }
  }

  async close(): Promise<void> {}

  #perform(operation: string, parameters: Parameters): unknown {
    const text = (name: string) => (parameters[name] === undefined ? undefined : String(parameters[name]));
    if (operation === 'CreateSecret') return this.#create(parameters);
    if (operation === 'ListSecrets')
      return { SecretList: [...new Set(this.#secrets.values())].map((secret) => secret.describe()) };
    const secret = this.#find(text('SecretId'));
    switch (operation) {
      case 'GetSecretValue':
        return secret.value(text('VersionId'), text('VersionStage'));
      case 'PutSecretValue':
        return secret.put(
          givenValue(parameters),
          text('ClientRequestToken') ?? randomUUID(),
          stagesOf(parameters),
        );
      case 'DescribeSecret':
        return secret.describe();
      case 'ListSecretVersionIds':
        return secret.listVersions(parameters.IncludeDeprecated === true);
      case 'UpdateSecretVersionStage':
        return secret.moveStage(
          text('VersionStage') ?? '',
          text('MoveToVersionId'),
          text('RemoveFromVersionId'),
        );
      default:
        throw new AwsServiceError(
          'InvalidRequestException',
          `The local Secrets Manager does not know ${operation}.`,
        );
    }
  }

  #create(parameters: Parameters): unknown {
    const name = String(parameters.Name);
    if (this.#secrets.has(name)) {
      throw new AwsServiceError(
        'ResourceExistsException',
        `The operation failed because the secret ${name} already exists.`,
      );
    }
    const arn = `arn:aws:secretsmanager:us-east-1:000000000000:secret:${name}-${randomUUID().slice(0, 6)}`;
    const secret = new Secret(arn, name, parameters.Description as string | undefined);
    this.#add(secret);
    const value = givenValue(parameters);
    const empty = value.SecretString === undefined && value.SecretBinary === undefined;
    if (empty) return { ARN: arn, Name: name };
    return secret.put(value, String(parameters.ClientRequestToken ?? randomUUID()), ['AWSCURRENT']);
  }

  #add(secret: Secret): void {
    this.#secrets.set(secret.arn, secret);
    this.#secrets.set(secret.name, secret);
  }

  #find(id: string | undefined): Secret {
    const secret = this.#secrets.get(id ?? '');
    if (secret) return secret;
    throw new AwsServiceError(
      'ResourceNotFoundException',
      "Secrets Manager can't find the specified secret.",
    );
  }
}

function givenValue(parameters: Parameters): { SecretString?: string; SecretBinary?: string } {
  const { SecretString, SecretBinary } = parameters as { SecretString?: string; SecretBinary?: string };
  return {
    ...(SecretString !== undefined && { SecretString }),
    ...(SecretBinary !== undefined && { SecretBinary }),
  };
}

function stagesOf(parameters: Parameters): string[] {
  return (parameters.VersionStages as string[] | undefined) ?? ['AWSCURRENT'];
}
