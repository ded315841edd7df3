import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { localStage } from '../../ops/stage/local.ts';
import type { Stage } from '../../ops/stage/stage.ts';
import { AwsServiceError } from '../emulators/aws-service-error.ts';
import type { LocalRun } from '../running.ts';
import { describeStack } from './stack-state.ts';

/** The part of a signed SDK request that is needed to answer it. */
interface SdkRequest {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
}

/**
 * The run as a stage for the functions of `ops/`. Its reads of the table bypass IAM, faults and the call log: looking
 * at a run must not change what is observed.
 */
export function observedStage(run: LocalRun): Stage {
  const stage = localStage(run.url, describeStack(run));
  const { clients, region } = stage;
  const requestHandler = { handle: (request: SdkRequest) => answer(run, request) };
  const dynamoDb = new DynamoDBClient({ region, credentials: run.credentials, requestHandler });
  return { ...stage, clients: Object.create(clients, { dynamoDb: { value: dynamoDb } }) };
}

async function answer({ aws }: LocalRun, { headers, body }: SdkRequest) {
  const operation = headers['x-amz-target']?.split('.')[1] ?? '';
  const respond = (statusCode: number, json: object) => ({
    response: { statusCode, headers: {}, body: Buffer.from(JSON.stringify(json)) },
  });
  try {
    return respond(200, await aws.call('dynamodb', operation, JSON.parse(new TextDecoder().decode(body))));
  } catch (error) {
    if (!(error instanceof AwsServiceError)) throw error;
    return respond(error.status, { __type: error.code, message: error.message });
  }
}
