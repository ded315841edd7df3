import { ReceiveMessageCommand, SendMessageCommand } from '@aws-sdk/client-sqs';
import { describe, expect, it } from 'vitest';
import type { Replay } from '../../ops/events/replay.ts';
import { queueDepths } from '../../ops/queues/depths.ts';
import type { Stage } from '../../ops/stage/stage.ts';
import { awsError } from './support/aws.ts';
import { run } from './support/command.ts';
import { makeUnknown } from './support/unknown.ts';
import { useStage } from './support/use-stage.ts';

const here = useStage();

const dlq = (stage: Stage, ...argv: string[]) => run(['dlq', ...argv], { connect: async () => stage });

async function fail(count: number, workflow = 'first'): Promise<void> {
  here.service.answer = { kind: 'failed', status: 422, isJson: true, mayHaveTakenEffect: false };
  for (let i = 0; i < count; i += 1) await here.service.deliver({ run: { workflow_id: workflow } });
  await here.service.work();
}

/** An event that has failed as it is unknown whether its run was started. */
async function failUnknown(): Promise<string> {
  here.service.answer = { kind: 'failed', status: 422, isJson: true, mayHaveTakenEffect: false };
  const id = await here.service.deliver();
  await here.service.work();
  await makeUnknown(here.stage, id, { workflow_id: 'next' });
  return id;
}

const sendRaw = (MessageBody: string) =>
  here.stage.clients.sqs.send(
    new SendMessageCommand({ QueueUrl: here.stage.outputs.deadLetterQueueUrl, MessageBody }),
  );

/** The stage, except that `act` runs when the `nth` message is sent back. */
function atSend(nth: number, act: () => unknown): Stage {
  let sends = 0;
  const send = async (command: object) => {
    if (command instanceof SendMessageCommand) {
      sends += 1;
      if (sends === nth) await act();
    }
    return here.stage.clients.sqs.send(command as never);
  };
  return { ...here.stage, clients: { ...here.stage.clients, sqs: { send } } } as unknown as Stage;
}

/** The stage, except that these calls of SQS are denied once `isMeant` says so. */
function denying(operation: string, isMeant: () => boolean = () => true): Stage {
  const send = async (command: object) => {
    if (command.constructor.name === `${operation}Command` && isMeant()) throw awsError('AccessDenied');
    return here.stage.clients.sqs.send(command as never);
  };
  return { ...here.stage, clients: { ...here.stage.clients, sqs: { send } } } as unknown as Stage;
}

describe('dead letters that cannot be put back', () => {
  const stage = () => denying('ChangeMessageVisibilityBatch');

  it('dlq list shows dead letters that it cannot put back, which come back by themselves', async () => {
    await fail(2);
    const { json } = await dlq(stage(), 'list', '--json');

    expect(json()).toMatchObject({ letters: [{ reason: 'refused' }, { reason: 'refused' }] });
  });

  it('dlq drop reports what it has deleted, although it cannot put the others back', async () => {
    await fail(1);
    await sendRaw('hello');
    const { code, json } = await dlq(stage(), 'drop', '--stuck', '--json');

    expect([code, json()]).toEqual([0, { dropped: [expect.objectContaining({ reason: 'garbage' })] }]);
  });

  it('dlq redrive reports what it has sent back, although it cannot put the others back', async () => {
    await fail(1);
    await sendRaw('hello');
    const { json } = await dlq(stage(), 'redrive', '--all', '--json');

    expect(json()).toMatchObject({ redriven: [{ reason: 'refused' }], stuck: [{ reason: 'garbage' }] });
  });
});

describe('dead letters that cannot be counted', () => {
  it('dlq redrive reports what it has sent back, although it cannot count what is left', async () => {
    await fail(2);
    let isSent = false;
    const sending = atSend(1, () => {
      isSent = true;
    });
    const counting = denying('GetQueueAttributes', () => isSent);
    const send = (command: object) =>
      (command instanceof SendMessageCommand ? sending : counting).clients.sqs.send(command as never);
    const stage = { ...here.stage, clients: { ...here.stage.clients, sqs: { send } } } as unknown as Stage;
    const { code, out } = await dlq(stage, 'redrive', '--all');

    expect(code).toBe(1);
    expect(out).toContain('2 redriven\n');
    expect(out).toContain('how many others are hidden could not be read: AWS does not allow');
  });

  it('dlq list shows dead letters, although it cannot count those that are hidden', async () => {
    await fail(1);
    const { code, out } = await dlq(denying('GetQueueAttributes'), 'list');

    expect(code).toBe(1);
    expect(out).toContain('refused');
    expect(out).toContain('how many others are hidden could not be read: AWS does not allow');
  });
});

describe('a redrive that is interrupted', () => {
  const AGAIN = 'continue with "npx --no cyberdesk-webhooks dlq redrive --rate 1 --all --stage dev"';

  it('a redrive that a signal interrupts reports what was sent back, what is left and how to continue', async () => {
    await fail(3);
    const stopped = atSend(2, () => process.emit('SIGINT'));
    const { code, out } = await dlq(stopped, 'redrive', '--all', '--rate', '1');
    expect(code).toBe(1);
    expect(out).toContain('2 redriven\n');
    expect(out).toContain(`interrupted: about 1 dead letter left; ${AGAIN}`);
    expect((await queueDepths(here.stage)).dlq).toMatchObject({ visible: 1, in_flight: 0 });
    const rest = await dlq(here.stage, 'redrive', '--all', '--json');
    expect(rest.json()).toMatchObject({ redriven: [{}], interrupted: false });
  });

  it('a redrive that a network failure interrupts reports the same, with the cause', async () => {
    await fail(3);
    const broken = atSend(3, () => Promise.reject(Object.assign(new Error('x'), { code: 'ECONNRESET' })));
    const { code, err } = await dlq(broken, 'redrive', '--all', '--rate', '1');
    expect(code).toBe(2);
    expect(err).toContain(`2 redriven, the others remain dead letters; ${AGAIN}; the network failed`);
    expect(err.trim().split('\n')).toHaveLength(1);
  });

  it('a redrive that a signal interrupts does not report the named event as missing', async () => {
    await fail(1);
    const { outputs, clients } = here.stage;
    const { Messages = [] } = await clients.sqs.send(
      new ReceiveMessageCommand({ QueueUrl: outputs.deadLetterQueueUrl, VisibilityTimeout: 0 }),
    );
    const send = async (command: object) => {
      if (command instanceof ReceiveMessageCommand) process.emit('SIGINT');
      return clients.sqs.send(command as never);
    };
    const stopped = { ...here.stage, clients: { ...clients, sqs: { send } } } as unknown as Stage;
    const { code, out } = await dlq(stopped, 'redrive', Messages[0]?.MessageId ?? '');
    expect([code, out]).toEqual([1, expect.stringContaining('0 redriven\ninterrupted: about 1')]);
  });
});

describe('a redrive and a decision that waits', () => {
  it('a redrive of all leaves out events that wait for a decision, and says how to decide', async () => {
    const undecided = await failUnknown();
    await fail(1);

    const { code, json } = await dlq(here.stage, 'redrive', '--all', '--json');
    const list = await dlq(here.stage, 'list');
    const again = await dlq(here.stage, 'redrive', '--all');

    expect(code).toBe(1);
    expect(json()).toMatchObject({ redriven: [{ reason: 'refused' }], undecided: [{ event_id: undecided }] });
    expect([list.out, list.err].join()).toMatch(new RegExp(`decide .*events show ${undecided}`, 's'));
    expect(again.out).toContain('0 redriven\n1 event left out: the outcome of an action is unknown\n');
    expect(again.out + again.err).toContain(`events settle ${undecided} --action N --stage dev"`);
    expect((await queueDepths(here.stage)).dlq.visible).toBe(1);
  });

  it.each(['id', 'reason'])('a redrive that names such events by their %s repeats the lookup', async (by) => {
    const undecided = await failUnknown();

    const { json } = await dlq(
      here.stage,
      'redrive',
      ...(by === 'id' ? [undecided] : ['--reason', 'outcome_unknown']),
      '--json',
    );

    expect(json()).toMatchObject({ redriven: [{ event_id: undecided }], undecided: [] });
  });

  it('a redrive of all sends what was left out once someone has decided', async () => {
    const undecided = await failUnknown();
    await run(['events', 'settle', undecided, '--action', '1', '--skip'], {
      connect: async () => here.stage,
    });
    await here.service.work();

    const { code, json } = await dlq(here.stage, 'redrive', '--all', '--json');

    expect(code).toBe(0);
    expect(json()).toMatchObject({ redriven: [], settled: [{ event_id: undecided }], undecided: [] });
  });
});

it('a replay by a filter leaves an event that waits for a decision, and one by its id repeats the lookup', async () => {
  const undecided = await failUnknown();
  await fail(1);
  const replay = async (...argv: string[]) => {
    const { json } = await run(['events', 'replay', ...argv, '--json'], { connect: async () => here.stage });
    const { replays }: { replays: Replay[] } = json();
    return replays;
  };

  const [failed, named, chosen] = [
    await replay('--state', 'failed'),
    await replay(undecided),
    await replay('--reason', 'outcome_unknown'),
  ];

  expect(failed.map(({ outcome }) => outcome).sort()).toEqual(['reopened', 'undecided']);
  expect([named, chosen]).toMatchObject([[{ outcome: 'reopened' }], [{ outcome: 'reopened' }]]);
});

it('a redrive or a replay of a run or a workflow that matches nothing says so, and is no failure', async () => {
  await fail(1);

  const connect = async () => here.stage;
  for (const named of [
    ['--run', 'nowhere'],
    ['--workflow', 'nowhere', '--since', '1h'],
  ]) {
    const redrive = await dlq(here.stage, 'redrive', ...named);
    const replay = await run(['events', 'replay', ...named], { connect });

    expect([redrive.code, redrive.out]).toEqual([
      0,
      expect.stringMatching(/^no dead letter of .* matches \(.*nowhere.*\): nothing was done/),
    ]);
    expect([replay.code, replay.out]).toEqual([
      0,
      expect.stringMatching(/^no event of .* matches \(.*nowhere.*\): nothing was done/),
    ]);
  }
  const byState = await run(['events', 'replay', '--state', 'unprocessable'], { connect });
  const { json } = await run(['audit', 'list', '--json'], { connect });

  expect([byState.code, byState.out]).toEqual([
    0,
    expect.stringMatching(/^no event of .* matches \(state unprocessable\): nothing was done/),
  ]);
  expect(
    (json() as { entries: { verb: string }[] }).entries.filter(({ verb }) => verb === 'events replay'),
  ).toEqual([]);
});

describe('a redrive of more messages than one receive returns', () => {
  const redrive = async (...argv: string[]) => {
    const { json } = await dlq(here.stage, 'redrive', ...argv, '--rate', '1000', '--json');
    const { redriven } = json() as { redriven: { workflow_id: string }[] };
    return redriven.map(({ workflow_id }) => workflow_id);
  };
  const left = async () => (await queueDepths(here.stage)).dlq.visible;

  it('a redrive with --all moves all messages, even more than one receive returns', async () => {
    await fail(23);
    expect(await redrive('--all')).toHaveLength(23);
    expect(await left()).toBe(0);
  });

  it('a redrive moves all messages that match a filter, and no others', async () => {
    await fail(4, 'other');
    await fail(12);
    await fail(8, 'other');
    expect(await redrive('--workflow', 'other')).toEqual(Array(12).fill('other'));
    expect(await left()).toBe(12);
  });
});

describe('dlq list', () => {
  it('dlq list does not suggest a redrive for messages that cannot be redriven', async () => {
    await sendRaw('hello');
    const stuck = await dlq(here.stage, 'list');
    expect([stuck.code, stuck.out]).toEqual([1, expect.stringContaining('cannot be redriven')]);
    expect(stuck.out).not.toContain('dlq redrive');
    await fail(1);
    expect((await dlq(here.stage, 'list')).out).toContain('dlq redrive --all');
  });

  it('dlq list reports hidden messages, and does not suggest a redrive for them', async () => {
    await fail(1);
    const { outputs, clients } = here.stage;
    await clients.sqs.send(
      new ReceiveMessageCommand({ QueueUrl: outputs.deadLetterQueueUrl, VisibilityTimeout: 60 }),
    );
    const { code, out } = await dlq(here.stage, 'list');
    expect([code, out]).toEqual([1, expect.stringContaining('1 are hidden')]);
    expect(out).not.toContain('dlq redrive');
  });

  it('dlq list puts back what it has received when the events cannot be read', async () => {
    await fail(2);
    const { dynamoDb } = here.stage.clients;
    const throttled = { send: () => Promise.reject(new Error('throttled')) } as unknown as typeof dynamoDb;
    const at: Stage = { ...here.stage, clients: { ...here.stage.clients, dynamoDb: throttled } };

    expect((await dlq(at, 'list')).code).toBe(2);
    expect((await queueDepths(here.stage)).dlq).toMatchObject({ visible: 2, in_flight: 0 });
  });

  it('dlq list suggests a redrive to clear settled messages', async () => {
    const event = await here.service.deliver();
    await here.service.work();
    await sendRaw(JSON.stringify({ v: 1, event }));
    expect((await dlq(here.stage, 'list')).out).toContain('next: clear the settled ones with "npx');
  });
});

describe('dlq drop', () => {
  it('dlq drop deletes what can never be redriven, and nothing else', async () => {
    await fail(1);
    await sendRaw('hello');
    await sendRaw('{"v":1,"event":"gone"}');
    const { code, json } = await dlq(here.stage, 'drop', '--stuck', '--json');

    expect(code).toBe(0);
    expect(json()).toMatchObject({ dropped: [{ standing: 'stuck' }, { standing: 'stuck' }] });
    expect((await queueDepths(here.stage)).dlq).toMatchObject({ visible: 1, in_flight: 0 });
  });

  it('dlq drop refuses a message that stands for an event, and says how to redrive it', async () => {
    await fail(1);
    const list = (await dlq(here.stage, 'list', '--json')).json() as { letters: { message_id: string }[] };
    const { code, err } = await dlq(here.stage, 'drop', list.letters[0]?.message_id ?? '');

    expect(code).toBe(2);
    expect(err).toContain('is not deleted');
    expect(err).toContain('dlq redrive');
    expect((await queueDepths(here.stage)).dlq).toMatchObject({ visible: 1, in_flight: 0 });
  });

  it.each([[[]], [['some-id', '--stuck']]])('dlq drop needs either an id or --stuck: %j', async (argv) => {
    expect((await dlq(here.stage, 'drop', ...argv)).err).toContain('name one message, or use --stuck');
  });

  it('dlq drop says that a message is not there', async () => {
    expect((await dlq(here.stage, 'drop', 'unknown')).err).toContain('is not in the dead-letter queue');
  });
});
