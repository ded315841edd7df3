import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2, Context } from 'aws-lambda';
import { Webhook } from 'svix';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it, vi } from 'vitest';
import { startAws } from '../../fuzz/aws.ts';
import { verifierEnvironment } from '../../fuzz/verifier-environment.ts';
import { runComplete } from '../support/webhooks.ts';

const key = (byte: number) => `whsec_${Buffer.alloc(24, byte).toString('base64')}`;
const [OLD, NEW, OTHER] = [key(1), key(2), key(3)];

let aws: Awaited<ReturnType<typeof startAws>>;
const secrets = { current: OLD, previous: '' };
let handler: (event: APIGatewayProxyEventV2, context: Context) => Promise<APIGatewayProxyStructuredResultV2>;

beforeAll(async () => {
  aws = await startAws(secrets);
  for (const [name, value] of Object.entries(verifierEnvironment(aws.url, 'rotation'))) {
    vi.stubEnv(name, value);
  }
});

afterEach(() => void vi.useRealTimers());

afterAll(() => {
  aws.close();
  vi.unstubAllEnvs();
});

/** A cold sandbox of the verifier each time, with a stopped clock: everything happens within one refetch interval. */
beforeEach(async () => {
  vi.useFakeTimers({ toFake: ['Date'] });
  Object.assign(secrets, { current: OLD, previous: '' });
  Object.assign(aws.calls, { put: 0, sent: 0, secret: 0 });
  vi.resetModules();
  ({ handler } = await import('../../../lambda/verifier/handler.ts'));
});

/** Delivers a webhook once. */
async function deliver(signedBy: string): Promise<number | undefined> {
  const body = runComplete().toString();
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
  return (await handler(event, { awsRequestId: 'r' } as Context)).statusCode;
}

it('a webhook signed by a new secret is accepted although the sandbox has cached the old one', async () => {
  expect(await deliver(OLD)).toBe(200);
  Object.assign(secrets, { current: NEW, previous: OLD });

  expect(await deliver(NEW)).toBe(200);

  expect(aws.calls).toEqual({ put: 2, sent: 2, secret: 4 });
  expect(await deliver(OLD)).toBe(200);
  expect(aws.calls.secret).toBe(4);
});

it('a forged webhook is rejected with the fresh secret too, and does not cause another fetch', async () => {
  expect(await deliver(OLD)).toBe(200);
  Object.assign(secrets, { current: NEW, previous: OLD });

  expect(await deliver(OTHER)).toBe(400);
  expect(await deliver(OTHER)).toBe(400);

  expect(aws.calls).toEqual({ put: 1, sent: 1, secret: 4 });
  expect(await deliver(NEW)).toBe(200);
});
