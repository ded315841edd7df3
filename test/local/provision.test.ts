import { expect, it, onTestFinished } from 'vitest';
import { AwsCaller } from '../../local/emulators/caller.ts';
import { Emulators } from '../../local/emulators/emulators.ts';
import type { AwsBackend } from '../../local/emulators/messages.ts';
import { provision, provisionExternal } from '../../local/emulators/provision.ts';
import { ResourceRefusedError } from '../../local/errors.ts';
import type { Template } from '../../local/template/cloudformation.ts';
import { readData } from '../../local/template/read-data.ts';
import { StackReader } from '../../local/template/stack-reader.ts';

const AWS_URL = 'http://127.0.0.1:1';
const REGION = 'us-east-1';
const place = { stackName: 'Stack-dev', account: '000000000000', region: REGION, partition: 'aws' };

const resource = (type: string, path: string, properties: object) => ({
  Type: `AWS::${type}`,
  Metadata: { 'aws:cdk:path': `Stack-dev/${path}/Resource` },
  Properties: { ...properties },
});
const keys = (name: string) => [{ AttributeName: name, KeyType: 'HASH' }];
const table = (path: string, index: string) =>
  resource('DynamoDB::Table', path, {
    AttributeDefinitions: ['id', 'other'].map((AttributeName) => ({ AttributeName, AttributeType: 'S' })),
    KeySchema: keys('id'),
    GlobalSecondaryIndexes: [
      { IndexName: index, KeySchema: keys('other'), Projection: { ProjectionType: 'ALL' } },
    ],
  });
const queue = (path: string, properties: object = {}) => resource('SQS::Queue', path, properties);

/** What is created, and where, until the end of the test. */
function prepare(resources: Template['Resources']) {
  const reader = new StackReader({ Resources: resources }, place, AWS_URL);
  const data = readData(reader);
  const emulators = new Emulators(data, AWS_URL, REGION);
  onTestFinished(() => emulators.close());
  let calls = 0;
  const backend: AwsBackend = {
    close: () => emulators.close(),
    async handle(request) {
      calls += 1;
      return emulators.handle(request).finally(() => {
        calls -= 1;
      });
    },
  };
  return { data, reader, aws: new AwsCaller(backend, REGION), unfinished: () => calls };
}

it('a table that is refused while queues are created is one line with the file, the construct and the reason', async () => {
  const jobs = { FifoQueue: true, VisibilityTimeout: 30 };
  const { data, aws, unfinished } = prepare({
    Bad: table('Runs', 'by'),
    Good: table('Webhooks/Events', 'by-run'),
    ...Object.fromEntries(Array.from({ length: 20 }, (_, index) => [`Jobs${index}`, queue('Jobs', jobs)])),
  });

  const failure = await provision(data, aws).catch((error: unknown) => error);

  expect(failure).toBeInstanceOf(ResourceRefusedError);
  expect((failure as Error).message).toMatch(
    /^infrastructure\.ts: the table Stack-dev\/Runs \(Bad\) cannot be created: ValidationException: .*3.*$/,
  );
  expect(unfinished()).toBe(0);
});

it.each([
  [
    'queue',
    { Bad: queue('Slow/Jobs', { VisibilityTimeout: 999_999 }) },
    /^infrastructure\.ts: the queue Stack-dev\/Slow\/Jobs \(Bad\) cannot be created: Invalid\w+: .+$/,
  ],
  [
    "queue of the product's",
    { Bad: queue('Webhooks/Queue', { VisibilityTimeout: 999_999 }) },
    /^the queue Bad cannot be created: Invalid\w+: .+$/,
  ],
  [
    'subscription',
    {
      News: resource('SNS::Topic', 'News', {}),
      Bad: resource('SNS::Subscription', 'Bad', {
        TopicArn: { Ref: 'News' },
        Protocol: 'sqs',
        Endpoint: 'arn:aws:sqs:us-east-1:000000000000:none',
        FilterPolicy: 'no JSON',
      }),
    },
    /^infrastructure\.ts: the subscription of the topic Stack-dev\/News \(News\) cannot be created: .+$/,
  ],
])('a %s that is refused is one line with the reason', async (_what, resources, line) => {
  const { data, aws } = prepare(resources);

  await expect(provision(data, aws)).rejects.toThrow(
    expect.objectContaining({ message: expect.stringMatching(line) }),
  );
});

it("another emulator that refuses a resource is named, with the resource and the emulator's reason", async () => {
  const { data, reader, aws } = prepare({ Bad: table('Runs', 'by') });

  await expect(provisionExternal(data, reader, aws)).rejects.toThrow(
    /^the AWS emulator at \w+ cannot create the table Stack-dev\/Runs \(Bad\) \(ValidationException: .*\): restart it empty/,
  );
});
