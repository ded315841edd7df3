import { Webhook } from 'svix';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { DAY, MINUTE, SECOND } from '../../lambda/core/model/index.ts';
import { awsVerifier, type VerifierClients } from '../../lambda/verifier/aws-ports.ts';
import { answerWebhook, type Verifier } from '../../lambda/verifier/verifier.ts';
import { START, TestSystem } from '../core/support/system.ts';
import { runComplete } from '../core/support/webhooks.ts';
import { signingKey } from './support/use-verifier.ts';

const KEY = signingKey(1);
const [SIGNING, ORIGIN] = ['signing', 'origin'];
const [CURRENT, PREVIOUS] = ['AWSCURRENT', 'AWSPREVIOUS'];

/** What is sent to a client of AWS, as far as it matters here. */
interface Sent {
  input: { SecretId?: string; VersionStage?: string };
}

let system: TestSystem;
let verifier: Verifier;
/** Reads that get no response, by secret and label. */
let hanging: Set<string>;
/** Reads of secrets, by secret and label. */
let reads: string[];
/** What ends the calls, in the order in which they were made; times in epoch milliseconds. */
let limits: { at: number; stop: AbortController }[];

// Svix's library reads the clock of the machine.
beforeEach(() => void vi.useFakeTimers({ now: START, toFake: ['Date'] }));
afterEach(() => void vi.useRealTimers());

beforeEach(() => {
  system = new TestSystem();
  hanging = new Set();
  reads = [];
  limits = [];
  const environment = {
    stackName: 'stack',
    stage: 'dev',
    tableName: 'table',
    queueUrl: 'https://sqs.test/queue',
    eventRetention: 90 * DAY,
    bodyRetention: 90 * DAY,
    completionRetention: 180 * DAY,
    signingSecretArn: SIGNING,
    previousSecretGracePeriod: 7 * DAY,
    secretCache: 5 * MINUTE,
    sourceIpAllowList: [],
    origin: { secretArn: ORIGIN, isRequired: true },
  };
  const abortAfter = (ms: number) => {
    const stop = new AbortController();
    limits.push({ at: system.time + ms, stop });
    return stop.signal;
  };
  const machine = { ...system, now: () => system.time, abortAfter };
  const client = { send } as unknown as VerifierClients['dynamoDb'] &
    VerifierClients['sqs'] &
    VerifierClients['secrets'];
  verifier = {
    ...awsVerifier({ dynamoDb: client, sqs: client, secrets: client }, environment, machine),
    log: () => undefined,
    count: () => undefined,
  };
});

/** A service that answers at once, unless the call is one of those that hang. As in the SDK, a signal ends it. */
async function send({ input }: Sent, { abortSignal }: { abortSignal: AbortSignal }): Promise<object> {
  abortSignal.throwIfAborted();
  const { SecretId: secret, VersionStage: label } = input;
  if (secret === undefined) return {};
  reads.push(`${secret}#${label}`);
  if (hanging.has(`${secret}#${label}`)) return hang(abortSignal);
  return {
    SecretString: secret === SIGNING ? KEY : 'value',
    VersionId: `${label}`,
    CreatedDate: new Date(START),
  };
}

/** Time passes until the first limit of this call is over. */
async function hang(signal: AbortSignal): Promise<never> {
  while (!signal.aborted) {
    await new Promise(setImmediate);
    const next = limits.filter(({ stop }) => !stop.signal.aborted).sort((a, b) => a.at - b.at)[0];
    if (signal.aborted || next === undefined) break;
    system.time = Math.max(system.time, next.at);
    next.stop.abort();
  }
  throw signal.reason;
}

/** Delivers a webhook through CloudFront. */
async function deliver() {
  limits = [];
  const now = new Date(system.time);
  vi.setSystemTime(now);
  const body = runComplete().toString();
  const headers = {
    'webhook-id': 'msg_1',
    'webhook-timestamp': String(Math.floor(now.getTime() / SECOND)),
    'webhook-signature': new Webhook(KEY).sign('msg_1', now, body),
    'x-origin-verify': 'value',
  };
  const requestContext = { http: { sourceIp: '203.0.113.9' } };
  const request = { headers, body, isBase64Encoded: false, requestContext };
  const { statusCode } = await answerWebhook(verifier, request);
  return { statusCode, took: system.time - now.getTime() };
}

const versions = (secret: string) => [`${secret}#${CURRENT}`, `${secret}#${PREVIOUS}`];

it.each([
  ['both versions of the signing secret', versions(SIGNING)],
  ['the previous version of the signing secret', [`${SIGNING}#${PREVIOUS}`]],
  ['the value of the origin header', versions(ORIGIN)],
  ['both secrets', [...versions(SIGNING), ...versions(ORIGIN)]],
])('a delivery that finds %s due and hanging is accepted with what is known, after 4 s', async (_, which) => {
  expect(await deliver()).toEqual({ statusCode: 200, took: 0 });
  hanging = new Set(which);
  system.time += 5 * MINUTE;

  expect(await deliver()).toEqual({ statusCode: 200, took: 4 * SECOND });
  expect(await deliver()).toEqual({ statusCode: 200, took: 0 });
});

it('a value of the origin header that cannot be refreshed holds up one delivery in half a minute', async () => {
  await deliver();
  hanging = new Set(versions(ORIGIN));
  system.time += 5 * MINUTE;
  const heldUp: number[] = [];

  for (let second = 0; second < 100; second += 1) {
    const began = system.time;
    const { statusCode, took } = await deliver();
    expect([statusCode, took]).toEqual([200, took > 0 ? 4 * SECOND : 0]);
    if (took > 0) heldUp.push(began);
    system.time += SECOND;
  }

  const [first = 0] = heldUp;
  expect(heldUp.map((at) => at - first)).toEqual([0, 30 * SECOND, 60 * SECOND, 90 * SECOND]);
});

it('a previous signing secret that hangs does not keep a cold sandbox from accepting', async () => {
  hanging = new Set([`${SIGNING}#${PREVIOUS}`]);

  expect(await deliver()).toEqual({ statusCode: 200, took: 4 * SECOND });
});

it('secrets that are known and not due cost a delivery neither a read nor a limit of its own', async () => {
  await deliver();
  reads.length = 0;

  await deliver();

  expect(reads).toEqual([]);
  expect(limits.map(({ at }) => at - system.time)).toEqual([10 * SECOND]);
});

it('a read of a secret also ends with the signal of its request', async () => {
  hanging = new Set([`${SIGNING}#${CURRENT}`]);
  const { secrets } = verifier.ports(verifier.machine.abortAfter(SECOND));

  await expect(secrets.get(SIGNING)).rejects.toThrow();

  expect(system.time - START).toBe(SECOND);
});
