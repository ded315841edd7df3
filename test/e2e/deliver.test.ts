import { spawn, spawnSync } from 'node:child_process';
import { randomBytes, randomUUID } from 'node:crypto';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { describe, expect, it } from 'vitest';
import { readEvent } from '../../lambda/delivery/index.ts';
import { connectLocal } from '../../ops/stage/local.ts';
import { engines } from '../engines/engines.ts';
import { run } from '../ops/support/command.ts';
import { ARCHIVE, BUS, ORDERED, TEAM } from './deliver/outside.ts';
import { useWhole } from './kit/local-run.ts';
import { runComplete } from './kit/webhooks.ts';

const whole = useWhole({ app: fileURLToPath(new URL('deliver/app.ts', import.meta.url)) });

/** A run that ends, and is delivered to these destinations. */
async function finish(to: string[], output: object = {}, change: Record<string, unknown> = {}) {
  const webhook = runComplete({ output_data: { to, ...output }, ...change });
  const sent = JSON.stringify(webhook).replace('"EXACT"', '12345678901234567890');
  expect((await whole().deliver(sent)).status).toBe(200);
  return { webhook, sent };
}

const queueOf = (arn: string) => {
  const found = whole().run.stack.data.queues.find((queue) => queue.arn === arn);
  if (!found) throw new Error(`no queue ${arn}`);
  return found;
};

interface Message {
  readonly Body: string;
  readonly Attributes: Record<string, string>;
}

/** The messages of a queue about one run, as a consumer receives them. */
async function received(arn: string, runId: string): Promise<Message[]> {
  const { Messages = [] } = await whole().run.aws.call<{ Messages?: Message[] }>('sqs', 'ReceiveMessage', {
    QueueUrl: queueOf(arn).url,
    MaxNumberOfMessages: 10,
    VisibilityTimeout: 0,
    AttributeNames: ['All'],
  });
  return Messages.filter(({ Body }) => JSON.parse(Body).subject === runId);
}

const outsideOf = (runId: string) =>
  whole().run.outside.deliveries.filter(({ body }) => JSON.parse(body).subject === runId);

/** What the handler has stored of a run. */
async function rowOf(id: string): Promise<Record<string, { S?: string }> | undefined> {
  const table = whole().run.stack.data.tables.find(({ label }) => label === 'runs');
  const about = { TableName: table?.name, Key: { id: { S: id } } };
  type Found = { Item?: Record<string, { S?: string }> };
  return (await whole().run.aws.call<Found>('dynamodb', 'GetItem', about)).Item;
}

const reader = () =>
  new DynamoDBClient({
    region: whole().run.stack.region,
    endpoint: whole().run.awsUrl,
    credentials: whole().run.observer,
  });

/** Imports the consumer, and prints what it puts into its bucket. */
const CONSUMER = `
import json, sys, consumer
objects = {}
class Bucket:
    def put_object(self, Bucket, Key, Body):
        objects[f"{Bucket}/{Key}"] = json.loads(Body)
consumer.s3 = Bucket()
failed = consumer.handler(json.load(sys.stdin), None)
print(json.dumps({"objects": objects, "failed": failed}))
`;

const hasBoto = spawnSync('python3', ['-c', 'import boto3']).status === 0;

/** Runs the consumer in Python over a batch of messages. */
async function consume(bodies: string[]): Promise<unknown> {
  const { awsUrl, observer } = whole().run;
  const consumer = spawn('python3', ['-c', CONSUMER], {
    cwd: fileURLToPath(new URL('../../examples/python-consumer', import.meta.url)),
    stdio: ['pipe', 'pipe', 'inherit'],
    env: {
      ...process.env,
      PYTHONDONTWRITEBYTECODE: '1',
      BUCKET: 'runs',
      AWS_ENDPOINT_URL_DYNAMODB: awsUrl,
      AWS_ACCESS_KEY_ID: observer.accessKeyId,
      AWS_SECRET_ACCESS_KEY: observer.secretAccessKey,
      AWS_SESSION_TOKEN: observer.sessionToken,
    },
  });
  consumer.stdin.end(JSON.stringify({ Records: bodies.map((body, i) => ({ messageId: `m${i}`, body })) }));
  const lines = (await text(consumer.stdout)).trim().split('\n');
  return JSON.parse(lines.at(-1) ?? '');
}

describe('deliver', () => {
  it('a queue gets the whole event as a CloudEvent, with every byte as it was received', async () => {
    const { webhook, sent } = await finish(['archive'], { account: 'EXACT' });
    const { actions } = await whole().finished(webhook.event_id);
    const [message] = await received(ARCHIVE, webhook.run.id);

    const { data: _, ...attributes } = JSON.parse(message?.Body ?? '{}');
    expect(message?.Body).toContain(`"data":${sent}}`);
    expect(attributes).toEqual({
      specversion: '1.0',
      id: actions[0]?.key,
      source: whole().run.stack.outputs.Installation,
      type: 'io.cyberdesk.run_complete',
      subject: webhook.run.id,
      time: webhook.run.ended_at,
      datacontenttype: 'application/json',
      eventid: webhook.event_id,
      rule: 'where-the-run-says',
    });
  });

  it('a FIFO queue gets the run as the group and the dedupe id of the delivery', async () => {
    const { webhook } = await finish(['ordered']);
    const { actions } = await whole().finished(webhook.event_id);
    const [message] = await received(ORDERED, webhook.run.id);

    expect(message?.Attributes).toMatchObject({
      MessageGroupId: webhook.run.id,
      MessageDeduplicationId: actions[0]?.key,
    });
  });

  it('a handler of the stack runs with its own permissions, and stores the run', async () => {
    const { webhook } = await finish(['persist'], { total: 5, account: 'EXACT' });
    expect((await whole().finished(webhook.event_id)).state).toBe('processed');
    const row = await rowOf(webhook.run.id);

    expect(row?.status?.S).toBe('success');
    expect(row?.output?.S).toBe('{"to":["persist"],"total":5,"account":12345678901234567890}');
  });

  it('a handler that has stored the last end of a run does not let an earlier one that is late overwrite it', async () => {
    const late = { id: randomUUID(), ended_at: '2026-11-25T10:00:00.000Z' };
    const last = await finish(['persist'], { end: 2 }, { ...late, ended_at: '2026-11-25T11:00:00.000Z' });
    await whole().finished(last.webhook.event_id);
    const { webhook } = await finish(['persist'], { end: 1 }, late);
    expect((await whole().finished(webhook.event_id)).state).toBe('processed');

    const output = (await rowOf(late.id))?.output?.S ?? '';
    expect(JSON.parse(output).end).toBe(2);
  });

  it('a bus and a function beside the stack get the event, and it can be looked at', async () => {
    const { webhook } = await finish(['bus', 'team']);
    await whole().finished(webhook.event_id);

    const found = outsideOf(webhook.run.id);
    expect(found.map(({ to, source, type }) => ({ to, source, type }))).toEqual([
      { to: BUS, source: 'cyberdesk-webhooks', type: 'io.cyberdesk.run_complete' },
      { to: TEAM, source: undefined, type: undefined },
    ]);
    for (const { body } of found) expect(JSON.parse(body).data).toEqual(webhook);
    const response = await fetch(`${whole().run.url}/_local/delivered`);
    expect(await response.json()).toEqual({ deliveries: expect.arrayContaining(found) });
  });

  it.each([
    ['a queue', 1.2 * 1024 * 1024, 'archive'],
    ['a bus', 300 * 1024, 'bus'],
  ])('above the limit of %s a reference is delivered, from which the event is read', async (_, bytes, to) => {
    const { webhook } = await finish([to], { filler: randomBytes(bytes).toString('hex').slice(0, bytes) });
    await whole().finished(webhook.event_id);

    const [body = '{}'] = [
      ...(await received(ARCHIVE, webhook.run.id)).map((message) => message.Body),
      ...outsideOf(webhook.run.id).map((delivery) => delivery.body),
    ];
    expect(JSON.parse(body)).not.toHaveProperty('data');
    expect(await readEvent(body, reader())).toEqual(webhook);
  });

  // ElasticMQ knows the attribute, and takes larger messages all the same.
  it.skipIf(engines)('a queue that takes less than others gets a reference, too', async () => {
    const attributes = { QueueUrl: queueOf(ORDERED).url, Attributes: { MaximumMessageSize: '1024' } };
    await whole().run.aws.call('sqs', 'SetQueueAttributes', attributes);
    const { webhook } = await finish(['ordered'], { filler: 'x'.repeat(2000) });
    await whole().finished(webhook.event_id);
    const [message] = await received(ORDERED, webhook.run.id);

    expect(JSON.parse(message?.Body ?? '{}')).toHaveProperty('dataref');
  });

  it.runIf(hasBoto)(
    'the consumer in Python keeps whole events and references, a repeated one once',
    async () => {
      const large = 1.2 * 1024 * 1024;
      const small = await finish(['archive']);
      const { webhook } = await finish(['archive'], { filler: randomBytes(large).toString('base64') });
      await whole().finished(small.webhook.event_id);
      await whole().finished(webhook.event_id);
      const runs = [small.webhook.run, webhook.run];
      const messages = (await Promise.all(runs.map(({ id }) => received(ARCHIVE, id)))).flat();
      const bodies = messages.map(({ Body }) => Body);
      const [first, second] = bodies.map((body) => `runs/${JSON.parse(body).id}.json`);

      expect(await consume([...bodies, ...bodies, 'not JSON'])).toEqual({
        objects: { [`${first}`]: runs[0], [`${second}`]: runs[1] },
        failed: { batchItemFailures: [{ itemIdentifier: 'm4' }] },
      });
    },
  );

  it('a handler that throws is invoked again later, and the event says why, without any of the payload', async () => {
    const { webhook } = await finish(['failing'], { patient: 'Jane Roe' });
    const connect = { connect: () => connectLocal(whole().run.url) };
    await expect
      .poll(async () => (await run(['events', 'show', webhook.event_id], connect)).out)
      .toContain('deliver to failing: will be retried after 1 failed attempt');
    const shown = await run(['events', 'show', webhook.event_id], connect);

    expect(shown.out).toContain('the last attempt failed: the function ended in an error (HTTP 200)');
    expect(shown.out).toContain('by logs --function failing --since 1d');
    expect(shown.out).not.toContain('Jane');
    const { out } = await run(['logs', '--function', 'failing', '--since', '1d'], connect);
    expect(out).toMatch(/^(\S+ failing .*\n)+$/);
    expect(out).toContain('Invoke Error');
    const own = whole().run.logs.lines.filter((line) => line.function !== 'failing');
    expect(JSON.stringify(own)).not.toContain('Jane');
  });

  it('a destination that the stage does not have fails the action, and only that one', async () => {
    const { webhook } = await finish(['nowhere', 'archive']);
    const event = await whole().finished(webhook.event_id);

    expect(event).toMatchObject({ state: 'failed', reason: 'destination_missing' });
    expect(event.actions.map(({ state }) => state)).toEqual(['failed', 'done']);
    expect(await received(ARCHIVE, webhook.run.id)).toHaveLength(1);
  });
});
