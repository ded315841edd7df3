import { EmulatorError } from '../errors.ts';
import type { DataModel } from '../template/model.ts';
import type { StackReader } from '../template/stack-reader.ts';
import { AwsServiceError } from './aws-service-error.ts';
import type { AwsCaller } from './caller.ts';
import { provision } from './provision.ts';

/**
 * Makes the stack's data parts in another emulator, or uses those of an earlier run. Secrets get an ARN of its own
 * there, which the reader is told.
 * @throws EmulatorError naming the call that was refused
 */
export async function provisionExternal(data: DataModel, reader: StackReader, aws: AwsCaller): Promise<void> {
  try {
    await provision(data, aws);
    for (const { name, ttlAttribute } of data.tables) {
      if (ttlAttribute === undefined) continue;
      const TimeToLiveSpecification = { AttributeName: ttlAttribute, Enabled: true };
      await aws
        .call('dynamodb', 'UpdateTimeToLive', { TableName: name, TimeToLiveSpecification })
        .catch(ignoreAgain);
    }
    for (const secret of data.secrets) {
      await aws.call('secretsmanager', 'CreateSecret', { Name: secret.name }).catch(ignoreAgain);
      const { ARN } = await aws.call<{ ARN: string }>('secretsmanager', 'DescribeSecret', {
        SecretId: secret.name,
      });
      reader.override(secret.logicalId, { Ref: ARN, Id: ARN });
    }
  } catch (error) {
    if (!(error instanceof AwsServiceError)) throw error;
    const message = `The AWS emulator of CYBERDESK_WEBHOOKS_AWS_ENDPOINT refuses to make the stack's parts (${error.code}: ${error.message}): start it anew and empty, or use another.`;
    throw new EmulatorError(message, { cause: error });
  }
}

/** What is there already, and switched on already, is fine. */
function ignoreAgain(error: unknown): void {
  if (error instanceof AwsServiceError && /Exists|already/i.test(`${error.code} ${error.message}`)) return;
  throw error;
}
