import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';
import { readBody } from '../../../ops/http/index.ts';

export const LAPTOP_SECRET = `whsec_${Buffer.from('the secret of the laptop').toString('base64')}`;

/** A delivery to the laptop. */
export interface Arrived {
  id: string;
  body: string;
  headers: Record<string, string>;
}

/** What a local run shows to `listen`: what it is, its signing secret, and an endpoint that answers as the test says. */
export async function startLaptop() {
  const arrived: Arrived[] = [];
  const laptop = { arrived, url: '', isFake: true, answer: (_id: string): number => 200 };
  const server = createServer(async (request, response) => {
    const body = (await readBody(request)).toString();
    const respond = (status: number, value: object) => {
      response.writeHead(status, { 'content-type': 'application/x-amz-json-1.1' });
      response.end(JSON.stringify(value));
    };
    if (request.url === '/_local/stack') return respond(200, describe(laptop));
    if (request.url === '/') return respond(200, { SecretString: LAPTOP_SECRET });
    const headers = request.headers as Record<string, string>;
    const id = headers['webhook-id'] ?? '';
    const status = laptop.answer(id);
    if (status < 300) arrived.push({ id, body, headers });
    respond(status, { status: status < 300 ? 'accepted' : 'error' });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close().closeAllConnections());
  laptop.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return laptop;
}

const describe = ({ url, isFake }: { url: string; isFake: boolean }) => ({
  stack: 'CyberdeskWebhooks-dev',
  template: '/template.json',
  region: 'us-east-1',
  aws_endpoint: url,
  credentials: { accessKeyId: 'x', secretAccessKey: 'x' },
  cyberdesk_url: isFake ? `${url}/fake` : 'https://api.cyberdesk.io',
  cyberdesk_is_fake: isFake,
  outputs: {
    WebhookUrl: `${url}/webhooks/cyberdesk`,
    SigningSecretName: 'signing',
    ApiKeySecretName: 'api-key',
    TableName: 'events',
    QueueUrl: `${url}/queue`,
    DlqUrl: `${url}/dlq`,
    Installation: '000000000000/us-east-1/CyberdeskWebhooks-dev',
  },
  functions: [],
});
