import { createHash } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/**
 * The AWS services that the verifier calls through the real SDK: secrets with values, puts and sends that succeed. Their
 * behaviour is tested elsewhere.
 */
export async function startAws(secrets: { current: string; previous: string }) {
  const calls = { put: 0, sent: 0, secret: 0 };
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const operation = String(request.headers['x-amz-target']).split('.')[1] ?? '';
      response.setHeader('content-type', 'application/x-amz-json-1.1');
      response.end(JSON.stringify(answer(operation, JSON.parse(Buffer.concat(chunks).toString()))));
    });
  });
  const answer = (operation: string, input: { VersionStage?: string; MessageBody?: string }) => {
    if (operation === 'PutItem') calls.put += 1;
    if (operation === 'SendMessage') {
      calls.sent += 1;
      // The SDK verifies the checksum.
      return {
        MessageId: 'm',
        MD5OfMessageBody: createHash('md5')
          .update(input.MessageBody ?? '')
          .digest('hex'),
      };
    }
    if (operation !== 'GetSecretValue') return {};
    calls.secret += 1;
    const value = input.VersionStage === 'AWSPREVIOUS' ? secrets.previous : secrets.current;
    return { SecretString: value, VersionId: 'v', CreatedDate: Date.now() / 1000 };
  };
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return { url, calls, close: () => server.closeAllConnections() ?? server.close() };
}
