import { ReceiveMessageCommand, SendMessageCommand } from '@aws-sdk/client-sqs';
import { describe, expect, it } from 'vitest';
import { followUps } from '../../lambda/rules/index.ts';
import { listDeadLetters } from '../../ops/dlq/receive.ts';
import { redriveDeadLetters } from '../../ops/dlq/redrive.ts';
import { describeEvent } from '../../ops/events/detail.ts';
import { queueDepths } from '../../ops/queues/depths.ts';
import { followSuccess } from './support/service.ts';
import type { TestStage } from './support/stage.ts';
import { useStage } from './support/use-stage.ts';

const here = useStage();

const refusal = { kind: 'failed' as const, status: 422, isJson: true, mayHaveTakenEffect: false };
const inDlq = async () => (await queueDepths(here.stage)).dlq;

async function failed(): Promise<string> {
  here.service.answer = refusal;
  const event = await here.service.deliver();
  await here.service.work();
  here.service.answer = undefined;
  return event;
}

const sendRaw = (MessageBody: string) =>
  here.stage.clients.sqs.send(
    new SendMessageCommand({ QueueUrl: here.stage.outputs.deadLetterQueueUrl, MessageBody }),
  );

const withSqs = (send: (command: never) => Promise<unknown>) =>
  ({ ...here.stage, clients: { ...here.stage.clients, sqs: { send } } }) as unknown as TestStage;

describe('dead letters', () => {
  it('listDeadLetters returns the reasons and leaves the messages where they are', async () => {
    const event = await failed();
    const { messages, more } = await listDeadLetters(here.stage);
    expect(more).toBe(false);
    expect(messages).toMatchObject([
      {
        event_id: event,
        reason: 'refused',
        moved_by: 'service',
        reopen: 1,
        standing: 'open',
        state: 'failed',
      },
    ]);
    expect(await inDlq()).toMatchObject({ visible: 1, in_flight: 0 });
  });

  it('a redrive sends a message back with its body, and the follow-up starts once', async () => {
    const event = await failed();
    const { redriven } = await redriveDeadLetters(here.stage);
    expect(redriven).toMatchObject([{ event_id: event }]);
    await here.service.work();
    expect(await describeEvent(here.stage, event)).toMatchObject({
      state: 'processed',
      reopened: 'redriven',
    });
    expect(here.service.created).toHaveLength(1);
    expect(await inDlq()).toMatchObject({ visible: 0, in_flight: 0 });
  });

  it('a redrive that died between send and delete can be repeated without starting anything twice', async () => {
    const event = await failed();
    // The first redrive sent this message, and died before it deleted the original.
    await here.stage.clients.sqs.send(
      new SendMessageCommand({
        QueueUrl: here.stage.outputs.queueUrl,
        MessageBody: JSON.stringify({ v: 1, event, reopen: 1 }),
      }),
    );
    await here.service.work();
    expect((await listDeadLetters(here.stage)).messages).toMatchObject([
      { event_id: event, standing: 'settled' },
    ]);

    const { redriven, settled } = await redriveDeadLetters(here.stage);
    expect([redriven.length, settled.length]).toEqual([0, 1]);
    await here.service.work();
    expect(here.service.created).toHaveLength(1);
    expect(await inDlq()).toMatchObject({ visible: 0, in_flight: 0 });
  });

  it('a redrive sends back the only message of a reopened event, whatever failure it names', async () => {
    const event = await failed();
    await redriveDeadLetters(here.stage);
    here.service.answer = { kind: 'failed', status: 503, mayHaveTakenEffect: false };
    await here.service.work();
    here.service.answer = undefined;
    expect(await describeEvent(here.stage, event)).toMatchObject({ round: 1 });
    await sendRaw(JSON.stringify({ v: 1, event, reopen: 1 }));

    const { redriven } = await redriveDeadLetters(here.stage);

    expect(redriven).toMatchObject([{ event_id: event, standing: 'open' }]);
  });

  it('a redrive sends messages that SQS moved by receive count back unchanged', async () => {
    const event = await here.service.deliver();
    // SQS moves the message to the dead-letter queue as it is.
    here.service.rules = followUps();
    const { messages } = await (async () => {
      await sendRaw(JSON.stringify({ v: 1, event }));
      return listDeadLetters(here.stage);
    })();
    expect(messages).toMatchObject([{ event_id: event, moved_by: 'receive_count', standing: 'open' }]);
    here.service.rules = followSuccess;
    await redriveDeadLetters(here.stage);
    expect((await queueDepths(here.stage)).queue.visible).toBe(2);
    await here.service.work();
    expect(here.service.created).toHaveLength(1);
  });

  it('a dead letter whose failure is not recorded yet stays open', async () => {
    const event = await here.service.deliver();
    await sendRaw(JSON.stringify({ v: 1, event, reopen: 1 }));
    expect((await listDeadLetters(here.stage)).messages).toMatchObject([
      { event_id: event, standing: 'open' },
    ]);
  });

  it('a redrive leaves foreign messages and messages without an event, and distinguishes them', async () => {
    await sendRaw('hello');
    await sendRaw(JSON.stringify({ v: 1, event: 'gone' }));
    const { redriven, stuck } = await redriveDeadLetters(here.stage);
    expect(redriven).toEqual([]);
    expect(stuck.map(({ reason }) => reason).sort()).toEqual(['event_missing', 'garbage']);
    expect(await inDlq()).toMatchObject({ visible: 2, in_flight: 0 });
  });

  it('a redrive with a filter leaves the other messages', async () => {
    const [wanted, other] = [await failed(), await failed()];
    const { redriven } = await redriveDeadLetters(here.stage, { filter: { id: wanted } });
    expect(redriven).toMatchObject([{ event_id: wanted }]);
    expect((await listDeadLetters(here.stage)).messages).toMatchObject([{ event_id: other }]);
  });

  it('a redrive keeps to its rate', async () => {
    for (let i = 0; i < 4; i += 1) await failed();
    const clock = { now: 0, slept: 0 };
    const sleep = async (ms: number) => {
      clock.now += ms;
      clock.slept += ms;
    };
    await redriveDeadLetters(here.stage, { rate: 2, now: () => clock.now, sleep });
    expect(clock.slept).toBe(1500);
  });

  it('a redrive moves nothing after it was stopped, even during its wait', async () => {
    for (let i = 0; i < 3; i += 1) await failed();
    const stop = new AbortController();
    const sleep = async () => stop.abort();
    const { redriven } = await redriveDeadLetters(here.stage, { rate: 2, sleep, signal: stop.signal });
    expect(redriven).toHaveLength(1);
    expect(await inDlq()).toMatchObject({ visible: 2, in_flight: 0 });
  });

  it('a redrive that cannot receive the next messages moves those that it has, and reports the error', async () => {
    const event = await failed();
    let receives = 0;
    const broken = withSqs((command: object) => {
      if (command instanceof ReceiveMessageCommand && ++receives === 2)
        return Promise.reject(new Error('throttled'));
      return here.stage.clients.sqs.send(command as never);
    });

    await expect(redriveDeadLetters(broken)).rejects.toThrow('throttled');

    await here.service.work();
    expect(await describeEvent(here.stage, event)).toMatchObject({ state: 'processed', round: 1 });
    expect(await inDlq()).toMatchObject({ visible: 0, in_flight: 0 });
  });

  it('a redrive leaves messages that fail again for the next one, so that it ends', async () => {
    const event = await failed();
    here.service.answer = refusal;
    // Processes each message before the redrive asks for more.
    const eager = withSqs(async (command) => {
      const answer = await here.stage.clients.sqs.send(command);
      if ((command as object) instanceof SendMessageCommand) await here.service.work();
      return answer;
    });
    const { redriven } = await redriveDeadLetters(eager);
    expect(redriven).toHaveLength(1);
    expect(await describeEvent(here.stage, event)).toMatchObject({ state: 'failed', failure: 2 });
    expect(await inDlq()).toMatchObject({ visible: 1, in_flight: 0 });
  });

  it('a redrive that fails makes its messages visible again', async () => {
    await failed();
    await failed();
    const broken = withSqs(async (command) => {
      if (!((command as object) instanceof SendMessageCommand)) return here.stage.clients.sqs.send(command);
      throw Object.assign(new Error('reset'), { code: 'ECONNRESET' });
    });
    await expect(redriveDeadLetters(broken)).rejects.toThrow('reset');
    expect(await inDlq()).toMatchObject({ visible: 2, in_flight: 0 });
  });
});
