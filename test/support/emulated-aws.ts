import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { afterAll, beforeAll, vi } from 'vitest';
import { Dynalite } from '../../local/emulators/dynamodb.ts';
import { type AwsBackend, parseAwsRequest } from '../../local/emulators/messages.ts';
import { QueuesAndTopics } from '../../local/emulators/queues.ts';
import { SecretsManager } from '../../local/emulators/secrets.ts';
import type { SecretModel } from '../../local/template/model.ts';

const REGION = 'us-east-1';

/**
 * DynamoDB, SQS, SNS and Secrets Manager for the tests of a file. AWS clients that are made while it runs find them
 * through the environment, as a function finds AWS.
 *
 * @param secrets Names of secrets that exist, without a value.
 */
export function useEmulatedAws(...secrets: readonly string[]): void {
  let services: Record<string, AwsBackend> = {};
  const server = createServer(async (request, response) => {
    const received = parseAwsRequest(request.headers, await buffer(request), request.url);
    const { status, headers, body } = (await services[received.service]?.handle(received)) ?? {
      status: 400,
      headers: {},
      body: `${received.service} is not emulated here`,
    };
    response.writeHead(status, headers).end(body);
  });
  beforeAll(async () => {
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const queues = new QueuesAndTopics(url, REGION);
    services = {
      dynamodb: new Dynalite(),
      sqs: queues,
      sns: queues,
      secretsmanager: new SecretsManager(secrets.map(secretModel)),
    };
    vi.stubEnv('AWS_ENDPOINT_URL', url);
    vi.stubEnv('AWS_REGION', REGION);
    vi.stubEnv('AWS_ACCESS_KEY_ID', 'test');
    vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'test');
  });
  afterAll(async () => {
    vi.unstubAllEnvs();
    await Promise.all(Object.values(services).map((service) => service.close()));
    server.closeAllConnections();
    server.close();
  });
}

const secretModel = (name: string): SecretModel => ({
  arn: `arn:aws:secretsmanager:${REGION}:123456789012:secret:${name}-AbCdEf`,
  name,
  logicalId: name,
  description: undefined,
  label: name,
  keyId: undefined,
  isGenerated: false,
  policy: undefined,
});
