import { DAY, MINUTE } from '../../lambda/core/model/time.ts';
import { awsProcessor } from '../../lambda/processor/aws-ports.ts';
import { awsSweeper } from '../../lambda/sweeper/aws-ports.ts';
import { awsVerifier } from '../../lambda/verifier/aws-ports.ts';
import { DEAD_LETTERS, dynamoDb, lambda, NONE, secretsManager, sns, sqs } from './aws.ts';
import { clientOptions, FUNCTION_TIMEOUT, type Functions, settingsOf } from './functions.ts';
import type { Caller } from './ports.ts';
import { API_KEY, DESTINATION, SIGNING_SECRET } from './rules.ts';
import type { Sandbox } from './sandbox.ts';
import type { WorldParts } from './world-parts.ts';

/** The functions as they are deployed, over AWS clients whose requests arrive at the models. */
export function overClients(world: WorldParts): Functions {
  const common = {
    ...settingsOf(world),
    stackName: 'stack',
    tableName: 'table',
    queueUrl: 'https://sqs.test/queue',
  };
  const callerOf = (sandbox: Sandbox): Caller => ({
    sandbox,
    attempts: () => world.attempts(),
    isPatient: world.plant.isPatient ?? false,
  });
  return {
    processor(sandbox) {
      const caller = callerOf(sandbox);
      const clients = {
        dynamoDb: dynamoDb(caller, world),
        // It has no queue to send to, besides the dead-letter queue.
        sqs: sqs(caller, world, (body) => world.unexpected(new Error(`the processor sent ${body}`))),
        sns: sns(caller, world),
        secrets: secretsManager(caller, world),
        lambda: lambda(caller, world),
        eventBridge: NONE,
      };
      const environment = {
        ...common,
        destinations: { [DESTINATION]: 'arn:aws:lambda:region:account:function:own' },
        deadLetterQueueUrl: DEAD_LETTERS,
        apiKeySecretArn: API_KEY,
        notifyTopicArn: 'arn:notify',
        publishTopicArn: 'arn:publish',
        functionTimeout: FUNCTION_TIMEOUT,
        workflowIds: {},
      };
      return awsProcessor(clients, environment, sandbox.machine, clientOptions(world, sandbox));
    },
    verifier(sandbox, sendNow) {
      const caller = callerOf(sandbox);
      const clients = {
        dynamoDb: dynamoDb(caller, world),
        // Read for each request.
        get sqs() {
          return sqs(caller, world, sendNow());
        },
        secrets: secretsManager(caller, world),
      };
      const environment = {
        ...common,
        signingSecretArn: SIGNING_SECRET,
        previousSecretGracePeriod: 7 * DAY,
        secretCache: 5 * MINUTE,
        sourceIpAllowList: [],
        origin: undefined,
      };
      return awsVerifier(clients, environment, sandbox.machine);
    },
    sweeper(sandbox, view) {
      const caller = callerOf(sandbox);
      const clients = {
        dynamoDb: dynamoDb(caller, world, view),
        sqs: sqs(caller, world, view.send, view.onBacklog),
      };
      return awsSweeper(clients, common, sandbox.machine);
    },
  };
}
