import { QueryCommand } from '@aws-sdk/client-dynamodb';
import { Webhook } from 'svix';
import { expect, it, vi } from 'vitest';
import { type Ran, run } from './support/command.ts';
import { LAPTOP_SECRET, startLaptop } from './support/laptop.ts';
import { useStage } from './support/use-stage.ts';

const here = useStage();
const TO = '/webhooks/cyberdesk';

type Laptop = Awaited<ReturnType<typeof startLaptop>>;

/** Listens until the condition holds, then presses Ctrl-C. */
async function listen(laptop: Laptop, until: () => boolean, ...argv: string[]): Promise<Ran> {
  const running = start(laptop, ...argv);
  await expect.poll(until).toBe(true);
  process.emit('SIGINT');
  return running;
}

const start = (laptop: Laptop, ...argv: string[]): Promise<Ran> =>
  run(['listen', '--to', `${laptop.url}${TO}`, ...argv], { connect: async () => here.stage });

const idsOf = ({ arrived }: Laptop): string[] => arrived.map(({ id }) => id);

it('listen --since sends what the stage has accepted in its order, byte for byte, under its id and signed anew', async () => {
  const laptop = await startLaptop();
  const first = await here.service.deliver();
  const text = '{ "event_id" : "second", "event_type":"other", "n": 12345678901234567890.10 }';
  await here.service.receive(text);
  const third = await here.service.deliver();

  const { code, out } = await listen(laptop, () => laptop.arrived.length === 3, '--since', '1h');

  expect(idsOf(laptop)).toEqual([first, 'second', third]);
  const [, second] = laptop.arrived;
  expect(second?.body).toBe(text);
  expect(() => new Webhook(LAPTOP_SECRET).verify(text, second?.headers ?? {})).not.toThrow();
  expect([code, out]).toEqual([0, expect.stringContaining('3 sent, 0 failed, 0 skipped')]);
});

it('listen is on record before it reads a payload, and with the counts at its end', async () => {
  const laptop = await startLaptop();
  await here.service.deliver();
  const begun = async () => {
    const { out } = await run(['audit', 'list', '--json'], { connect: async () => here.stage });
    return JSON.parse(out).entries;
  };
  const running = start(laptop, '--since', '2026-11-25', '--because', 'a changed rule');
  await expect.poll(() => laptop.arrived.length).toBe(1);

  const target = 'payloads of events received since 2026-11-25T00:00:00.000Z';
  expect(await begun()).toMatchObject([
    { verb: 'listen', target, because: 'a changed rule', outcome: 'unknown' },
  ]);
  process.emit('SIGINT');
  await running;
  expect(await begun()).toMatchObject([{ outcome: 'done', result: '1 sent, 0 failed, 0 skipped' }]);
});

it('listen without --since sends only what arrives from then on', async () => {
  const laptop = await startLaptop();
  await here.service.deliver();
  const running = start(laptop, '--json');
  // It has read the index twice once it knows what is there: the newest event, and those around it.
  const spy = vi.spyOn(here.stage.clients.dynamoDb, 'send');
  const queries = () => spy.mock.calls.filter(([command]) => command instanceof QueryCommand).length;
  await expect.poll(queries).toBeGreaterThan(5);
  const fresh = await here.service.deliver();
  await expect.poll(() => laptop.arrived.length).toBeGreaterThan(0);
  process.emit('SIGINT');
  const { out } = await running;

  expect(idsOf(laptop)).toEqual([fresh]);
  const lines = out
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  expect(lines).toEqual([
    expect.objectContaining({ event_id: fresh, outcome: 'sent', http_status: 200, answer: 'accepted' }),
    { sent: 1, failed: 0, skipped: 0, continue_since: lines[0].received_at },
  ]);
});

it('listen goes on after a send that fails three times, and says how to send it again', async () => {
  const laptop = await startLaptop();
  const broken = await here.service.deliver();
  const next = await here.service.deliver();
  let tries = 0;
  laptop.answer = (id) => {
    if (id === broken) tries += 1;
    return id === broken ? 503 : 200;
  };

  const { code, out } = await listen(laptop, () => laptop.arrived.length === 1, '--since', '1h');

  expect([tries, idsOf(laptop)]).toEqual([3, [next]]);
  expect([code, out]).toEqual([1, expect.stringContaining('1 sent, 1 failed, 0 skipped')]);
  expect(out).toContain(`${broken}  success  failed: the local run answered 503`);
  const [, since] = /listen --to \S+ --since (\S+) --stage dev/.exec(out) ?? [];
  const { received_at } = (
    await run(['events', 'show', broken, '--json'], { connect: async () => here.stage })
  ).json() as { received_at: string };
  expect(since).toBe(received_at);
});

it('listen goes on after a look that fails', async () => {
  const laptop = await startLaptop();
  const id = await here.service.deliver();
  const { dynamoDb } = here.stage.clients;
  const send = dynamoDb.send.bind(dynamoDb);
  let fails = 2;
  vi.spyOn(dynamoDb, 'send').mockImplementation(((command: object) => {
    const isFailing = command instanceof QueryCommand && fails > 0;
    if (isFailing) fails -= 1;
    return isFailing
      ? Promise.reject(Object.assign(new Error('x'), { name: 'ThrottlingException' }))
      : send(command as never);
  }) as never);

  const { code, err } = await listen(laptop, () => laptop.arrived.length === 1, '--since', '1h');

  expect([code, idsOf(laptop)]).toEqual([0, [id]]);
  expect(err.match(/AWS is throttling these calls; trying again/g)).toHaveLength(2);
});

it('listen does not pass on probes of doctor, which would start follow-ups elsewhere', async () => {
  const laptop = await startLaptop();
  await here.service.deliver({ event_id: 'probe:1' });
  const real = await here.service.deliver();

  const { out } = await listen(laptop, () => laptop.arrived.length === 1, '--since', '1h');

  expect(idsOf(laptop)).toEqual([real]);
  expect(out).toContain('1 sent, 0 failed, 1 skipped');
});

it('listen says that payloads will lie on this machine', async () => {
  const laptop = await startLaptop();
  await here.service.deliver();

  const { err, out } = await listen(laptop, () => laptop.arrived.length === 1, '--since', '1h');

  expect(err).toContain('payloads of CyberdeskWebhooks-test will lie on this machine');
  expect(out + err).not.toContain('PAYLOAD-VALUE');
});

it('listen refuses a local run that starts follow-ups at the real API, unless that is wanted', async () => {
  const laptop = await startLaptop();
  laptop.isFake = false;
  await here.service.deliver();

  const refused = await start(laptop, '--since', '1h');
  expect([refused.code, laptop.arrived]).toEqual([2, []]);
  expect(refused.err).toContain('at https://api.cyberdesk.io and not at its fake API');
  expect(refused.err).toContain('--to-real-api');

  const wanted = await listen(laptop, () => laptop.arrived.length === 1, '--since', '1h', '--to-real-api');
  expect(wanted.code).toBe(0);
});

it('listen ends once the local run is started again with the real API', async () => {
  const laptop = await startLaptop();
  await here.service.deliver();
  await here.service.deliver();
  laptop.answer = () => {
    laptop.isFake = false;
    return 200;
  };

  const { code, err } = await start(laptop, '--since', '1h');

  expect([code, laptop.arrived.length]).toEqual([2, 1]);
  expect(err).toContain('--to-real-api');
  expect(err).not.toContain('trying again');
});

it.each([
  ['https://example.com/webhooks/cyberdesk', 'is not the address of a local run on this machine'],
  ['http://10.0.0.1:8787/webhooks/cyberdesk', 'is not the address of a local run on this machine'],
  ['nonsense', 'is not the address of a local run on this machine'],
  ['http://127.0.0.1:9/webhooks/cyberdesk', 'the local run does not answer at http://127.0.0.1:9'],
])('listen --to %s is refused', async (to, message) => {
  const { code, err } = await run(['listen', '--to', to], { connect: async () => here.stage });

  expect([code, err]).toEqual([2, expect.stringContaining(message)]);
});

it('listen refuses a path that the local run does not serve, and a local run that would listen to itself', async () => {
  const laptop = await startLaptop();
  const elsewhere = await run(['listen', '--to', `${laptop.url}/other`], { connect: async () => here.stage });
  expect(elsewhere.err).toContain('end --to with /webhooks/cyberdesk');

  const itself = await run(['listen', '--to', `${laptop.url}${TO}`], {
    connect: async () => ({ ...here.stage, isLocal: true, localUrl: laptop.url }),
  });
  expect([itself.code, itself.err]).toEqual([2, expect.stringContaining('cannot listen to itself')]);
});

it('listen asks before it copies payloads of a stage other than local and dev', async () => {
  const laptop = await startLaptop();
  const { code, err } = await run(['listen', '--to', `${laptop.url}${TO}`], {
    connect: async () => ({ ...here.stage, name: 'prod' }),
  });

  expect([code, err]).toEqual([2, expect.stringMatching(/copies payloads of prod .*--yes/)]);
});
