import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2, Context } from 'aws-lambda';
import { Webhook } from 'svix';
import { afterAll, beforeAll, beforeEach, vi } from 'vitest';
import { startAws } from '../../../bench/aws.ts';
import { runComplete } from '../../core/support/webhooks.ts';
import { verifierEnvironment } from '../../fuzz/verifier-environment.ts';

/** A signing secret of one repeated byte. */
export const signingKey = (byte: number, bytes = 24) =>
  `whsec_${Buffer.alloc(bytes, byte).toString('base64')}`;

type Handler = (
  event: APIGatewayProxyEventV2,
  context: Context,
) => Promise<APIGatewayProxyStructuredResultV2>;

/** What the tests of a file work on; the members exist once its first test runs. */
export interface Verifier {
  /** The values of the signing secret. */
  readonly secrets: { current: string; previous: string };
  /** Calls of AWS since the test began. */
  readonly calls: Awaited<ReturnType<typeof startAws>>['calls'];
  /** Delivers a webhook once. */
  deliver(body: string | undefined, signedBy: string): Promise<APIGatewayProxyStructuredResultV2>;
  /** Delivers a webhook with these headers instead of the right ones. */
  deliverWith(headers: Record<string, string | undefined>): Promise<APIGatewayProxyStructuredResultV2>;
}

/** The handler of the verifier over an AWS in this process; each test gets a cold sandbox. */
export function useVerifier(name: string, current: string, variables: Record<string, string> = {}): Verifier {
  const secrets = { current, previous: '' };
  let aws: Awaited<ReturnType<typeof startAws>>;
  let handler: Handler;

  beforeAll(async () => {
    aws = await startAws(secrets);
    const environment = { ...verifierEnvironment(aws.url, name), ...variables };
    for (const [variable, value] of Object.entries(environment)) vi.stubEnv(variable, value);
  });
  afterAll(async () => {
    await aws.close();
    vi.unstubAllEnvs();
  });
  beforeEach(async () => {
    Object.assign(secrets, { current, previous: '' });
    for (const operation of Object.keys(aws.calls)) delete aws.calls[operation];
    vi.resetModules();
    ({ handler } = await import('../../../lambda/verifier/handler.ts'));
  });

  return {
    secrets,
    get calls() {
      return aws.calls;
    },
    deliver: (body = runComplete().toString(), signedBy) =>
      handler(signed(body, signedBy), { awsRequestId: 'r' } as Context),
    deliverWith(headers) {
      const event = signed(runComplete().toString(), current);
      return handler({ ...event, headers: { ...event.headers, ...headers } }, {
        awsRequestId: 'r',
      } as Context);
    },
  };
}

/** A webhook as the gateway passes it on. */
export function signed(body: string, key: string): APIGatewayProxyEventV2 {
  const now = new Date();
  return {
    headers: {
      'svix-id': 'msg_1',
      'svix-timestamp': String(Math.floor(now.getTime() / 1000)),
      'svix-signature': new Webhook(key).sign('msg_1', now, body),
    },
    body,
    isBase64Encoded: false,
    requestContext: { http: { sourceIp: '203.0.113.9' } },
  } as unknown as APIGatewayProxyEventV2;
}
