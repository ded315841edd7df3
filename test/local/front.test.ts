import { DynamoDBClient, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { PublishCommand, SNSClient } from '@aws-sdk/client-sns';
import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { AwsRequest } from '../../local/emulators/messages.ts';
import { Faults } from '../../local/faults/faults.ts';
import { AwsFront } from '../../local/front/front.ts';
import { Identities } from '../../local/front/identities.ts';
import type { FunctionModel } from '../../local/template/model.ts';

const fn = { label: 'verifier' } as FunctionModel;
const front = new AwsFront();
const identities = new Identities();
const faults = new Faults();
const taken: string[] = [];
const killed: string[] = [];
const recorded: string[] = [];
let allowed = true;
let url: string;

beforeAll(async () => {
  url = await front.listen();
  front.open({
    identities,
    faults,
    needed: () => [],
    authorizer: {
      authorize: async () => (allowed ? undefined : 'User: x is not authorized'),
    } as never,
    kill: (sandbox) => killed.push(sandbox),
    onCall: ({ operation }) => recorded.push(operation),
    backend: {
      close: async () => {},
      async handle({ service, operation }: AwsRequest) {
        taken.push(`${service}:${operation}`);
        const xml =
          '<PublishResponse><PublishResult><MessageId>m</MessageId></PublishResult></PublishResponse>';
        return service === 'sns'
          ? { status: 200, headers: { 'content-type': 'text/xml' }, body: xml }
          : { status: 200, headers: { 'content-type': 'application/x-amz-json-1.0' }, body: '{}' };
      },
    },
  });
});
afterAll(() => front.close());
beforeEach(() => {
  allowed = true;
  taken.length = 0;
  killed.length = 0;
  recorded.length = 0;
  faults.clear();
});

/** One call to each service, by real SDK clients without retries. */
function calls(credentials = identities.issue({ kind: 'function', fn, sandbox: 'verifier-1' })) {
  const config = { region: 'us-east-1', endpoint: url, credentials, maxAttempts: 1 };
  return {
    dynamodb: () =>
      new DynamoDBClient(config).send(new PutItemCommand({ TableName: 't', Item: { pk: { S: 'a' } } })),
    sqs: () =>
      new SQSClient(config).send(new SendMessageCommand({ QueueUrl: `${url}/0/q`, MessageBody: 'b' })),
    sns: () => new SNSClient(config).send(new PublishCommand({ TopicArn: 'arn', Message: 'm' })),
    secretsmanager: () => new SecretsManagerClient(config).send(new GetSecretValueCommand({ SecretId: 's' })),
  };
}

const services = ['dynamodb', 'sqs', 'sns', 'secretsmanager'] as const;

describe('AwsFront', () => {
  it.each(services)('%s: an allowed call is passed on', async (service) => {
    await calls()
      [service]()
      .catch((error: Error) => {
        // The stub's response has no checksum of the message.
        if (service !== 'sqs') throw error;
      });
    expect(taken).toHaveLength(1);
  });

  it.each([
    ['dynamodb', 'AccessDeniedException'],
    ['sqs', 'AccessDenied'],
    ['sns', 'AuthorizationErrorException'],
    ['secretsmanager', 'AccessDeniedException'],
  ] as const)('%s: a denied call fails with %s and has no effect', async (service, name) => {
    allowed = false;
    await expect(calls()[service]()).rejects.toMatchObject({ name, message: 'User: x is not authorized' });
    expect(taken).toEqual([]);
  });

  it.each(services)('%s: a call with unknown credentials is rejected', async (service) => {
    const stranger = { accessKeyId: 'AKIAEXAMPLE', secretAccessKey: 's', sessionToken: 't' };
    await expect(calls(stranger)[service]()).rejects.toMatchObject({
      message: expect.stringContaining('security token included in the request is invalid'),
    });
    expect(taken).toEqual([]);
  });

  it('the credentials of a sandbox that has ended are rejected', async () => {
    const credentials = identities.issue({ kind: 'function', fn, sandbox: 'verifier-2' });
    identities.revoke(credentials);
    await expect(calls(credentials).dynamodb()).rejects.toMatchObject({
      name: 'UnrecognizedClientException',
    });
  });

  it('a call to a service that is not emulated is refused, and says so, whatever its protocol', async () => {
    const scope = (service: string) =>
      `AWS4-HMAC-SHA256 Credential=${identities.operator.accessKeyId}/20000101/us-east-1/${service}/aws4_request`;
    const put = (service: string) =>
      fetch(`${url}/a/key`, { method: 'PUT', headers: { authorization: scope(service) }, body: 'text' });

    const [s3, lambda] = await Promise.all([put('s3'), put('lambda')]);

    expect([s3.status, await s3.text()]).toEqual([
      400,
      '<Error><Code>NotImplemented</Code><Message>the local run does not emulate s3</Message></Error>',
    ]);
    expect([lambda.headers.get('x-amzn-errortype'), await lambda.json()]).toEqual([
      'NotImplemented',
      { __type: 'NotImplemented', message: 'the local run does not emulate lambda' },
    ]);
    expect(taken).toEqual([]);
  });

  it('calls of the operator are not checked by IAM', async () => {
    allowed = false;
    await calls(identities.operator).dynamodb();
    expect(taken).toEqual(['dynamodb:PutItem']);
  });

  it('calls of the observer are not checked by IAM, not recorded, and hit by no fault', async () => {
    allowed = false;
    faults.plant({ call: '*:*', do: 'fail', times: 'always' });

    await calls(identities.observer).dynamodb();

    expect([taken, recorded]).toEqual([['dynamodb:PutItem'], []]);
    expect(faults.list()).toMatchObject([{ seen: 0 }]);
  });
});

describe('a planted fault', () => {
  it.each([
    ['before', []],
    ['after', ['dynamodb:PutItem']],
  ] as const)('a call that is dropped %s its effect gets no response', async (when, effects) => {
    faults.plant({ call: 'dynamodb:PutItem', do: 'drop', when });
    await expect(calls().dynamodb()).rejects.toThrow(/socket hang up|ECONNRESET/);
    expect(taken).toEqual(effects);
  });

  it('a failed call gets the error code of the fault', async () => {
    faults.plant({ call: 'dynamodb:*', do: 'fail', error: 'ProvisionedThroughputExceededException' });
    await expect(calls().dynamodb()).rejects.toMatchObject({
      name: 'ProvisionedThroughputExceededException',
    });
    expect(taken).toEqual([]);
    await calls().dynamodb();
    expect(taken).toHaveLength(1);
  });

  it('a call that kills its sandbox after the effect takes effect and gets no response', async () => {
    faults.plant({ call: 'dynamodb:PutItem', do: 'kill', when: 'after', function: 'verifier' });
    await expect(calls().dynamodb()).rejects.toThrow();
    expect({ taken, killed }).toEqual({ taken: ['dynamodb:PutItem'], killed: ['verifier-1'] });
  });

  it('a doubled call has two effects and one response', async () => {
    faults.plant({ call: 'dynamodb:PutItem', do: 'twice' });
    await calls().dynamodb();
    expect(taken).toHaveLength(2);
  });

  it('a fault of the operator does not hit functions', async () => {
    faults.plant({ call: '*:*', do: 'drop', function: 'operator' });
    await calls().dynamodb();
    await expect(calls(identities.operator).dynamodb()).rejects.toThrow();
  });
});
