import { EmulatorError } from '../errors.ts';
import type { DataModel } from '../template/model.ts';
import type { StackReader } from '../template/stack-reader.ts';
import { AwsServiceError } from './aws-service-error.ts';
import type { AwsCaller } from './caller.ts';
import { provision } from './provision.ts';

/**
 * Creates the stack's data resources in an external emulator, or reuses those of an earlier run. Secrets get an ARN of
 * the emulator's own, which is passed to the reader.
 * @throws EmulatorError naming the error of the call that was rejected
 */
export async function provisionExternal(data: DataModel, reader: StackReader, aws: AwsCaller): Promise<void> {
  try {
    await provision(data, aws);
    for (const { name: TableName, ttlAttribute } of data.tables) {
      if (ttlAttribute === undefined) continue;
      const TimeToLiveSpecification = { AttributeName: ttlAttribute, Enabled: true };
      await aws
        .call('dynamodb', 'UpdateTimeToLive', { TableName, TimeToLiveSpecification })
        .catch(ignoreExisting);
    }
    for (const { name, logicalId } of data.secrets) {
      await aws.call('secretsmanager', 'CreateSecret', { Name: name }).catch(ignoreExisting);
      const { ARN } = await aws.call('secretsmanager', 'DescribeSecret', { SecretId: name });
      reader.override(logicalId, { Ref: ARN, Id: ARN });
    }
  } catch (error) {
    if (!(error instanceof AwsServiceError)) throw error;
    throw new EmulatorError(
      `the AWS emulator at CYBERDESK_WEBHOOKS_AWS_ENDPOINT cannot create the stack's resources (${error.code}: ${error.message}): restart it empty, or use another one`,
      { cause: error },
    );
  }
}

/** An earlier run may have created the secret, or switched time to live on. */
function ignoreExisting(error: unknown): void {
  if (error instanceof AwsServiceError && /Exists|already/i.test(`${error.code} ${error.message}`)) return;
  throw error;
}
