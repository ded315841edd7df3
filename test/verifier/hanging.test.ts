import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Context } from 'aws-lambda';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { runComplete } from '../core/support/webhooks.ts';
import { verifierEnvironment } from '../fuzz/verifier-environment.ts';
import { signed, signingKey } from './support/use-verifier.ts';

const KEY = signingKey(1);

/** Operations that never answer. */
const hanging = new Set<string>();
const server = createServer((request, response) => {
  const operation = String(request.headers['x-amz-target']).split('.')[1] ?? '';
  if (hanging.has(operation)) return;
  response.setHeader('content-type', 'application/x-amz-json-1.1');
  const secret = { SecretString: KEY, VersionId: 'v', CreatedDate: 1 };
  response.end(JSON.stringify(operation === 'GetSecretValue' ? secret : {}));
});
beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const environment = verifierEnvironment(url, 'hanging');
  for (const [name, value] of Object.entries(environment)) vi.stubEnv(name, value);
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
  vi.unstubAllEnvs();
});

it.each(['GetSecretValue', 'PutItem'])(
  'a webhook is answered 503 within ten seconds while %s hangs',
  async (operation) => {
    hanging.clear();
    hanging.add(operation);
    vi.resetModules();
    const { handler } = await import('../../lambda/verifier/handler.ts');

    const { statusCode } = await handler(signed(runComplete().toString(), KEY), {
      awsRequestId: 'r',
    } as Context);

    expect(statusCode).toBe(503);
  },
);
