import { Webhook } from 'svix';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Log } from '../../lambda/adapters/log.ts';
import { OriginSecret, SigningSecretCache } from '../../lambda/core/authenticate/index.ts';
import { DAY, MINUTE, SECOND } from '../../lambda/core/model/index.ts';
import { MAX_BODY_BYTES } from '../../lambda/core/store/index.ts';
import type { Origin } from '../../lambda/verifier/client.ts';
import { RefusalLog } from '../../lambda/verifier/refusal-log.ts';
import { answerWebhook, type Verifier, type WebhookRequest } from '../../lambda/verifier/verifier.ts';
import { START } from '../core/support/system.ts';
import { runComplete } from '../core/support/webhooks.ts';
import { createWorld, type World } from '../core/support/world.ts';
import { signingKey } from './support/use-verifier.ts';

const [KEY, OTHER] = [signingKey(1), signingKey(2)];
const ID = 'signing';

let world: World;
let verifier: Verifier;
let logged: unknown[][];
let counted: string[];
let limits: number[];

// Svix's library reads the clock of the machine.
beforeEach(() => void vi.useFakeTimers({ now: START, toFake: ['Date'] }));
afterEach(() => void vi.useRealTimers().unstubAllEnvs());

beforeEach(() => {
  world = createWorld();
  world.secrets.set(`${ID}#AWSCURRENT`, KEY);
  logged = [];
  counted = [];
  limits = [];
  verifier = {
    ports: () => ({ ...world.ports, secrets: world.secrets }),
    signingSecret: new SigningSecretCache(
      { secretId: ID, cache: 5 * MINUTE, previousGrace: 7 * DAY },
      world.system,
    ),
    machine: {
      ...world.system,
      now: () => world.system.time,
      abortAfter: (ms) => {
        limits.push(ms);
        return new AbortController().signal;
      },
    },
    origin: undefined,
    isAllowed: () => true,
    refusals: new RefusalLog(),
    retentionDays: 90,
    log: (...line) => void logged.push(line),
    count: (metric) => void counted.push(metric),
  };
});

/** A request with this body, which counts as signed by the key now. */
function request(body: Buffer | string = runComplete(), signedBy = KEY): WebhookRequest {
  const now = new Date(world.system.time);
  return {
    headers: {
      'webhook-id': 'msg_1',
      'webhook-timestamp': String(now.getTime() / SECOND),
      'webhook-signature': new Webhook(signedBy).sign('msg_1', now, body.toString()),
    },
    body: body.toString(),
    isBase64Encoded: false,
    requestContext: { domainName: 'api.example.com', http: { sourceIp: '203.0.113.9' } },
  };
}

const HEADERS = { 'content-type': 'application/json', 'cache-control': 'no-store' };
const accepted = { statusCode: 200, headers: HEADERS, body: '{"status":"accepted"}' };
const refused = (statusCode: number, error: string, more = {}) => ({
  statusCode,
  headers: { ...HEADERS, ...more },
  body: JSON.stringify({ error }),
});

it('a webhook that is signed is stored, queued, logged and counted', async () => {
  expect(await answerWebhook(verifier, request())).toEqual(accepted);
  expect(logged).toEqual([
    [
      'info',
      'webhook accepted',
      {
        event_id: 'event-1',
        run_id: 'run-1',
        outcome: 'accepted',
        bytes: runComplete().byteLength,
        host: 'api.example.com',
        via: 'direct',
      },
    ],
  ]);
  expect(counted).toEqual(['EventAccepted']);
  // Two seconds before the function ends.
  expect(limits).toEqual([10 * SECOND]);
});

it('a body in base64 is decoded before its signature is checked', async () => {
  const event = { ...request(), body: runComplete().toString('base64'), isBase64Encoded: true };

  expect(await answerWebhook(verifier, event)).toEqual(accepted);
});

it('a body of characters beyond ASCII is read as UTF-8', async () => {
  expect(await answerWebhook(verifier, request(runComplete({ output_data: { name: 'é' } })))).toEqual(
    accepted,
  );
});

it('a webhook that is ignored says why in the log', async () => {
  await answerWebhook(verifier, request(runComplete({ status: 'paused' })));

  expect(logged[0]?.[2]).toMatchObject({ reason: 'unknown_status' });
  expect(counted).toContain('UnknownStatus');
});

it('a body that is no webhook is kept, and answered 202', async () => {
  expect(await answerWebhook(verifier, request('[]'))).toEqual({
    statusCode: 202,
    headers: HEADERS,
    body: '{"status":"unprocessable"}',
  });
});

it('a source outside the allow-list is refused before anything else', async () => {
  verifier.isAllowed = (ip) => ip !== '203.0.113.9';

  expect(await answerWebhook(verifier, request())).toEqual(refused(403, 'forbidden'));
  expect(logged).toEqual([['warn', 'delivery refused', { reason: 'source' }]]);
  expect(counted).toEqual(['SourceRejected']);
  expect(world.secrets.requests).toBe(0);
});

describe('behind CloudFront', () => {
  const ORIGIN = 'origin';
  const through = (value: string, viewer?: string): WebhookRequest => {
    const { headers, ...rest } = request();
    const more = { 'x-origin-verify': value, ...(viewer && { 'cloudfront-viewer-address': viewer }) };
    return { ...rest, headers: { ...headers, ...more } };
  };

  beforeEach(() => {
    world.secrets.set(`${ORIGIN}#AWSCURRENT`, 'value');
    const secret = new OriginSecret({ secretId: ORIGIN, cache: 5 * MINUTE }, world.system);
    verifier.origin = { secret, isRequired: true };
  });

  it.each<[string, number, () => WebhookRequest]>([
    ['without the header', 0, () => request()],
    ['with an empty one', 0, () => through('')],
    ['with a forged one', 2, () => through('forged')],
    ['with a forged one beside an address that is allowed', 2, () => through('forged', '203.0.113.9:1')],
  ])('a request %s is refused before its signature is looked at', async (_, reads, forged) => {
    expect(await answerWebhook(verifier, forged())).toEqual(refused(403, 'forbidden'));
    expect(logged).toEqual([['warn', 'delivery refused', { reason: 'origin' }]]);
    expect(counted).toEqual(['SourceRejected']);
    // Both versions of the origin header where there is one to compare, and nothing of the signing secret.
    expect(world.secrets.requests).toBe(reads);
  });

  it('the allow-list goes by the address that CloudFront reports', async () => {
    verifier.isAllowed = (address) => address === '198.51.100.1';

    expect(await answerWebhook(verifier, through('value', '198.51.100.1:4711'))).toEqual(accepted);
    expect(await answerWebhook(verifier, through('value', '203.0.113.9:4711'))).toMatchObject({
      statusCode: 403,
    });
    expect(await answerWebhook(verifier, through('value'))).toMatchObject({ statusCode: 403 });
  });

  it('an optional header lets direct requests in, whose claim of an address does not count', async () => {
    verifier.origin = { ...(verifier.origin as Origin), isRequired: false };
    verifier.isAllowed = (address) => address === '203.0.113.9';

    expect(await answerWebhook(verifier, request())).toEqual(accepted);
    verifier.isAllowed = (address) => address === '198.51.100.1';
    expect(await answerWebhook(verifier, through('forged', '198.51.100.1:1'))).toMatchObject({
      statusCode: 403,
    });
    expect(logged.at(-1)).toEqual(['warn', 'delivery refused', { reason: 'source' }]);
  });

  it('the log says by which host and way an accepted webhook came', async () => {
    const requestContext = { domainName: 'webhooks.example.com', http: { sourceIp: '203.0.113.9' } };
    await answerWebhook(verifier, { ...through('value'), requestContext });

    expect(logged.at(-1)?.[2]).toMatchObject({ host: 'webhooks.example.com', via: 'through' });
  });

  it('while the header cannot be checked, the answer is 503, so that Svix sends the delivery again', async () => {
    world.secrets.failing = true;

    expect(await answerWebhook(verifier, through('value'))).toEqual(refused(503, 'unavailable'));
  });

  it.each<[string, () => void]>([
    ['cannot be read', () => void world.secrets.broken.add(`${ORIGIN}#AWSCURRENT`)],
    ['is denied', () => void world.secrets.values.set(`${ORIGIN}#AWSCURRENT`, { kind: 'denied' })],
  ])('a request without the header is decided on although the secret of the header %s', async (_, fail) => {
    fail();
    expect(await answerWebhook(verifier, request())).toEqual(refused(403, 'forbidden'));

    verifier.origin = { ...(verifier.origin as Origin), isRequired: false };
    expect(await answerWebhook(verifier, request())).toEqual(accepted);
    expect(await answerWebhook(verifier, through('value'))).toEqual(refused(503, 'unavailable'));
  });
});

it('a request without a body is refused for its signature', async () => {
  expect(await answerWebhook(verifier, { ...request(), body: undefined } as never)).toEqual(
    refused(400, 'bad_request'),
  );
  expect(logged).toEqual([['warn', 'delivery refused', { reason: 'mismatch', bytes: 0 }]]);
});

it('a signature of another key is refused, with the size of the body in the log', async () => {
  expect(await answerWebhook(verifier, request(runComplete(), OTHER))).toEqual(refused(400, 'bad_request'));
  expect(logged).toEqual([
    ['warn', 'delivery refused', { reason: 'mismatch', bytes: runComplete().byteLength }],
  ]);
  expect(counted).toEqual(['SignatureRejected']);
});

it('a body may have exactly as many bytes as are allowed', async () => {
  expect(await answerWebhook(verifier, request('x'.repeat(MAX_BODY_BYTES)))).toMatchObject({
    statusCode: 202,
  });

  expect(await answerWebhook(verifier, request('x'.repeat(MAX_BODY_BYTES + 1)))).toEqual(
    refused(413, 'too_large', { 'webhook-delivery': 'abort-message' }),
  );
  expect(logged.at(-1)).toEqual([
    'warn',
    'delivery refused',
    { reason: 'too_large', bytes: MAX_BODY_BYTES + 1 },
  ]);
});

it.each([
  ['missing', 'the signing secret is not set', 'SigningSecretNotSet'],
  ['denied', 'this function may not read the signing secret', 'SigningSecretNotSet'],
  ['malformed', 'the signing secret has a value that is not a valid key', 'SigningSecretMalformed'],
])(
  'while the signing secret is %s, the answer is 503 and the log says so',
  async (condition, message, metric) => {
    if (condition === 'malformed') world.secrets.set(`${ID}#AWSCURRENT`, 'a note');
    else
      world.secrets.values.set(`${ID}#AWSCURRENT`, { kind: condition === 'denied' ? 'denied' : 'missing' });

    expect(await answerWebhook(verifier, request())).toEqual(refused(503, 'unavailable'));
    expect(logged).toEqual([['warn', expect.stringContaining(message)]]);
    expect(JSON.stringify(logged).includes('secret set')).toBe(condition !== 'denied');
    expect(counted).toEqual([metric]);
  },
);

describe('a dependency that fails', () => {
  const error = new Error('down');
  const down = () => Promise.reject(error);
  const failed = (facts: object) => [
    ['error', 'a dependency failed; the sender will retry', { ...facts, reason: 'dependency_failed', error }],
  ];

  it('a queue that fails is answered 503, logged and counted', async () => {
    verifier.ports = () => ({ ...world.ports, queue: { send: down }, secrets: world.secrets });

    expect(await answerWebhook(verifier, request())).toEqual(refused(503, 'unavailable'));
    expect(logged).toEqual(failed({ svix_id: 'msg_1', event_id: 'event-1', run_id: 'run-1' }));
    expect(counted).toEqual(['DependencyFailed']);
  });

  it('a table that fails is logged with the ids of the delivery and the run', async () => {
    const table = { ...world.ports.table, put: down };
    verifier.ports = () => ({ ...world.ports, table, secrets: world.secrets });

    await answerWebhook(verifier, request());

    expect(logged).toEqual(failed({ svix_id: 'msg_1', run_id: 'run-1' }));
  });

  it('a dependency that fails before the signature is verified is logged without any id', async () => {
    verifier.ports = () => ({ ...world.ports, secrets: { read: down } as never });
    verifier.origin = {
      secret: new OriginSecret({ secretId: 'origin', cache: 5 * MINUTE }, world.system),
      isRequired: true,
    };
    const { headers, ...rest } = request();

    await answerWebhook(verifier, { ...rest, headers: { ...headers, 'x-origin-verify': 'value' } });

    expect(logged).toEqual([
      [
        'error',
        'a dependency failed; the sender will retry',
        { reason: 'dependency_failed', error: expect.anything() },
      ],
    ]);
  });

  it('a queue that fails leaves a line that a search for the event finds, without payload', async () => {
    vi.stubEnv('STACK_NAME', 'stack');
    const lines: string[] = [];
    const log = new Log((line) => void lines.push(line));
    verifier.log = (...line) => log.line(...line);
    verifier.ports = () => ({ ...world.ports, queue: { send: down }, secrets: world.secrets });

    await answerWebhook(verifier, request(runComplete({ output_data: { name: 'canary-7f3a' } })));

    expect(lines).toEqual([expect.stringContaining('"event_id":"event-1"')]);
    expect(lines.join('')).not.toContain('canary');
  });
});

it('a webhook that the previous secret signed is counted', async () => {
  world.secrets.set(`${ID}#AWSPREVIOUS`, OTHER, 'v0', START);

  expect(await answerWebhook(verifier, request(runComplete(), OTHER))).toEqual(accepted);
  expect(counted).toEqual(['PreviousSecretUsed', 'EventAccepted']);
});
