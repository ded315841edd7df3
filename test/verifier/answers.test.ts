import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2, Context } from 'aws-lambda';
import { Webhook } from 'svix';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it, vi } from 'vitest';
import { MAX_BODY_BYTES } from '../../lambda/core/store/index.ts';
import { runComplete } from '../core/support/webhooks.ts';
import { startAws } from '../fuzz/aws.ts';
import { verifierEnvironment } from '../fuzz/verifier-environment.ts';

const key = (byte: number, bytes = 24) => `whsec_${Buffer.alloc(bytes, byte).toString('base64')}`;
const [OLD, NEW] = [key(1), key(2)];

let aws: Awaited<ReturnType<typeof startAws>>;
const secrets = { current: NEW, previous: '' };
let handler: (event: APIGatewayProxyEventV2, context: Context) => Promise<APIGatewayProxyStructuredResultV2>;
let lines: string[];

beforeAll(async () => {
  aws = await startAws(secrets);
  const environment = {
    ...verifierEnvironment(aws.url, 'answers'),
    POWERTOOLS_DEV: 'true',
    POWERTOOLS_METRICS_DISABLED: 'false',
    POWERTOOLS_METRICS_NAMESPACE: 'CyberdeskWebhooks',
    POWERTOOLS_LOG_LEVEL: 'INFO',
  };
  for (const [name, value] of Object.entries(environment)) vi.stubEnv(name, value);
});
afterAll(() => {
  aws.close();
  vi.unstubAllEnvs();
});

/** A cold sandbox of the verifier, whose output is kept. */
beforeEach(async () => {
  Object.assign(secrets, { current: NEW, previous: '' });
  lines = [];
  for (const method of ['log', 'info', 'warn', 'error'] as const) {
    vi.spyOn(console, method).mockImplementation((line: unknown) => void lines.push(String(line)));
  }
  vi.resetModules();
  ({ handler } = await import('../../lambda/verifier/handler.ts'));
});
afterEach(() => void vi.restoreAllMocks());

async function deliver(body = runComplete().toString(), signedBy = NEW) {
  const now = new Date();
  const event = {
    headers: {
      'svix-id': 'msg_1',
      'svix-timestamp': String(Math.floor(now.getTime() / 1000)),
      'svix-signature': new Webhook(signedBy).sign('msg_1', now, body),
    },
    body,
    isBase64Encoded: false,
    requestContext: { http: { sourceIp: '203.0.113.9' } },
  } as unknown as APIGatewayProxyEventV2;
  return handler(event, { awsRequestId: 'r' } as Context);
}

const METRIC_LINE = /"Metrics":\s*\[([^\]]*)\]/g;
const counted = () =>
  lines.flatMap((line) =>
    [...line.matchAll(METRIC_LINE)].flatMap(([, names = '']) =>
      [...names.matchAll(/"Name":\s*"(\w+)"/g)].map(([, name]) => name),
    ),
  );

it('a body that is too large is answered 413, and Svix is asked not to send it again', async () => {
  const answer = await deliver('x'.repeat(MAX_BODY_BYTES + 1));

  expect(answer).toMatchObject({ statusCode: 413, headers: { 'webhook-delivery': 'abort-message' } });
  expect(counted()).toEqual(['BodyTooLarge']);
});

it.each([
  ['an accepted one', () => deliver(), 200],
  ['one with a bad signature', () => deliver(undefined, OLD), 400],
])('Svix may send again what was answered otherwise: %s', async (_, send, status) => {
  const answer = await send();

  expect(answer.statusCode).toBe(status);
  expect(answer.headers).not.toHaveProperty('webhook-delivery');
});

it.each([
  ['JSON', `{"secret":"${NEW}"}`],
  ['quoted', `"${NEW}"`],
  ['without its prefix', NEW.slice(6)],
])('a secret that is %s is reported as malformed, not as missing', async (_, value) => {
  secrets.current = value;

  expect((await deliver()).statusCode).toBe(503);
  expect(counted()).toEqual(['SigningSecretMalformed']);
  expect(lines.join('\n')).toContain('not a valid key');
  expect(lines.join('\n')).not.toContain(NEW.slice(6));
});

it('a malformed secret is reported while the previous one still verifies', async () => {
  Object.assign(secrets, { current: 'a note', previous: OLD });

  expect((await deliver(undefined, OLD)).statusCode).toBe(200);
  expect(counted()).toEqual(
    expect.arrayContaining(['SigningSecretMalformed', 'PreviousSecretUsed', 'EventAccepted']),
  );
});

it('a secret with white space around it verifies, and nothing is reported of it', async () => {
  secrets.current = ` ${NEW}\n`;

  expect((await deliver()).statusCode).toBe(200);
  expect(counted()).toEqual(['EventAccepted']);
});

it('a short key goes on verifying, and is reported', async () => {
  secrets.current = key(7, 8);

  expect((await deliver(undefined, key(7, 8))).statusCode).toBe(200);
  expect(counted()).toEqual(expect.arrayContaining(['SigningSecretOddLength', 'EventAccepted']));
});

it('an unknown status is counted beside the ignored event; one of a run that goes on is not', async () => {
  expect((await deliver(runComplete({ status: 'timed_out' }).toString())).statusCode).toBe(200);
  expect(counted()).toEqual(expect.arrayContaining(['EventIgnored', 'UnknownStatus']));

  lines = [];
  await deliver(runComplete({ status: 'scheduling' }).toString());
  expect(counted()).toEqual(['EventIgnored']);
});

it("Svix's ping is answered 200 and ignored; an object that is merely alike is not", async () => {
  expect(await deliver('{"success": true}')).toMatchObject({ statusCode: 200, body: '{"status":"ignored"}' });
  expect(counted()).toEqual(['EventIgnored']);

  expect((await deliver('{"success": true, "id": "run-1"}')).statusCode).toBe(202);
});
