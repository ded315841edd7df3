import { setImmediate } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';
import { countMessages } from '../../local/control/queue-state.ts';
import { AwsCaller } from '../../local/emulators/caller.ts';
import { provision } from '../../local/emulators/provision.ts';
import { QueuesAndTopics } from '../../local/emulators/queues.ts';
import { Poller, type PollerDeps } from '../../local/event-source/poller.ts';
import { Faults } from '../../local/faults/faults.ts';
import { failed, type Outcome } from '../../local/sandbox/outcome.ts';
import type { EventSourceModel, FunctionModel, QueueModel } from '../../local/template/model.ts';
import { waitFor } from '../e2e/kit/wait.ts';

const arn = (name: string) => `arn:aws:sqs:us-east-1:000000000000:${name}`;

function queueModel(name: string, attributes: Record<string, string>): QueueModel {
  return {
    logicalId: name,
    label: name,
    name,
    arn: arn(name),
    url: `http://127.0.0.1:1/000000000000/${name}`,
    attributes,
    visibilityTimeoutSeconds: Number(attributes.VisibilityTimeout ?? 30),
    policy: undefined,
  };
}

const ends: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0)) await end();
});

interface Setting {
  readonly invoke: (ids: string[], call: number) => Outcome | Promise<Outcome>;
  readonly messages: number;
  readonly attributes?: Record<string, string>;
  readonly source?: Partial<EventSourceModel>;
  readonly deps?: Partial<PollerDeps>;
}

/** A queue with messages, and a poller that delivers them to `invoke`. */
async function poll({ invoke, messages, attributes = {}, source = {}, deps = {} }: Setting) {
  const services = new QueuesAndTopics('http://127.0.0.1:1', 'us-east-1');
  const aws = new AwsCaller(services, 'us-east-1');
  const queue = queueModel('queue', { VisibilityTimeout: '270', ...attributes });
  const dlq = queueModel('dlq', {});
  await provision({ tables: [], queues: [dlq, queue], topics: [], secrets: [], keys: [] }, aws);
  for (let n = 0; n < messages; n += 1)
    await aws.call('sqs', 'SendMessage', { QueueUrl: queue.url, MessageBody: `${n}` });
  const batches: { bodies: string[]; receives: number[] }[] = [];
  const warnings: string[] = [];
  const faults = new Faults();
  const poller = new Poller({
    source: {
      logicalId: 'Source',
      queueArn: queue.arn,
      functionArn: 'fn',
      batchSize: 5,
      maxConcurrency: 1,
      reportsItemFailures: true,
      enabled: true,
      ...source,
    },
    queue,
    fn: { label: 'processor' } as FunctionModel,
    region: 'us-east-1',
    aws,
    faults,
    longPollSeconds: 20,
    redeliverySeconds: undefined,
    allowed: async () => true,
    warn: (text) => warnings.push(text),
    invoke: async (payload) => {
      const { Records } = JSON.parse(payload.toString()) as {
        Records: { messageId: string; body: string; attributes: { ApproximateReceiveCount: string } }[];
      };
      batches.push({
        bodies: Records.map((record) => record.body),
        receives: Records.map((record) => Number(record.attributes.ApproximateReceiveCount)),
      });
      return invoke(
        Records.map((record) => record.messageId),
        batches.length,
      );
    },
    ...deps,
  });
  ends.push(async () => {
    poller.end();
    await services.close();
    await poller.stop();
  });
  const left = async () => {
    const counts = await countMessages(aws, queue);
    return counts.visible + counts.in_flight + counts.delayed;
  };
  return { poller, aws, queue, dlq, batches, faults, warnings, left };
}

const fine: Outcome = { kind: 'success' as const, payload: '{"batchItemFailures":[]}' };

describe('Poller', () => {
  it('an event source delivers batches up to its batch size, and deletes messages that succeed', async () => {
    const { poller, batches, left } = await poll({ messages: 7, invoke: () => fine });
    poller.start();
    await waitFor('an empty queue', async () => (await left()) === 0);
    expect(batches.map(({ bodies }) => bodies.length)).toEqual([5, 2]);
  });

  it('messages that the function reports as failed stay in the queue, hidden', async () => {
    const { poller, batches, left } = await poll({
      messages: 2,
      invoke: ([first]) => ({
        kind: 'success' as const,
        payload: JSON.stringify({ batchItemFailures: [{ itemIdentifier: first }] }),
      }),
    });
    poller.start();
    await waitFor('one message to be left', async () => (await left()) === 1);
    expect(batches).toHaveLength(1);
  });

  it('messages of a crashed invocation are redelivered early, with one more receive', async () => {
    const { poller, batches, left } = await poll({
      messages: 1,
      invoke: (_, call) => (call === 1 ? failed('crash', 'Runtime.ExitError', 'x') : fine),
      deps: { redeliverySeconds: 0 },
    });
    poller.start();
    await waitFor('an empty queue', async () => (await left()) === 0);
    expect(batches.map(({ receives }) => receives)).toEqual([[1], [2]]);
  });

  it('a message moves to the dead-letter queue after the receives that the redrive policy allows', async () => {
    const RedrivePolicy = JSON.stringify({ deadLetterTargetArn: arn('dlq'), maxReceiveCount: 2 });
    const { poller, aws, dlq, batches } = await poll({
      messages: 1,
      attributes: { RedrivePolicy },
      invoke: () => failed('crash', 'Runtime.ExitError', 'x'),
      deps: { redeliverySeconds: 0 },
    });
    poller.start();
    await waitFor('a dead letter', async () => (await countMessages(aws, dlq)).visible === 1);
    expect(batches).toHaveLength(2);
  });

  it('an event source runs as many concurrent invocations as its limit allows', async () => {
    let running = 0;
    let most = 0;
    const { poller, left } = await poll({
      messages: 20,
      source: { batchSize: 1, maxConcurrency: 2 },
      invoke: async () => {
        running += 1;
        most = Math.max(most, running);
        for (let turn = 0; turn < 20; turn += 1) await setImmediate();
        running -= 1;
        return fine;
      },
    });
    poller.start();
    await waitFor('an empty queue', async () => (await left()) === 0);
    expect(most).toBe(2);
  });

  it('a "twice" fault delivers a batch twice at once', async () => {
    const { poller, batches, faults, left } = await poll({ messages: 1, invoke: () => fine });
    faults.plant({ call: 'lambda:Invoke', do: 'twice' });
    poller.start();
    await waitFor('an empty queue', async () => (await left()) === 0);
    expect(batches.map(({ bodies }) => bodies)).toEqual([['0'], ['0']]);
  });

  it('an event source whose role lacks sqs:ReceiveMessage warns and takes nothing', async () => {
    const { poller, batches, warnings } = await poll({
      messages: 1,
      invoke: () => fine,
      deps: { allowed: async (operation) => operation !== 'ReceiveMessage' },
    });
    poller.start();
    await waitFor('a warning', () => warnings.length > 0);
    expect(warnings[0]).toMatch(/role of processor lacks sqs:ReceiveMessage/);
    expect(batches).toEqual([]);
  });
});
