/** Runs the fake Cyberdesk API on its own: `node local/cyberdesk-api/main.ts --port 8788`. */
import { parseArgs } from 'node:util';
import { startCyberdeskApi } from './server.ts';

const HELP = `Usage: node local/cyberdesk-api/main.ts [options]

  --port <number>              port on 127.0.0.1 (default: any free port)
  --complete-after <seconds>   end each run this long after its start
  --webhook-url <url>          announce ended runs here ...
  --webhook-secret <whsec_...> ... signed with this secret (or the variable WEBHOOK_SECRET)
`;

try {
  await main();
} catch (error) {
  const { code, port, message } = error as NodeJS.ErrnoException & { port?: number };
  const inUse = `--port: ${port} is in use: choose another, or omit it for any free port`;
  console.error(code === 'EADDRINUSE' ? inUse : message);
  process.exitCode = 1;
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      port: { type: 'string', default: '0' },
      'complete-after': { type: 'string' },
      'webhook-url': { type: 'string' },
      'webhook-secret': { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) return void process.stdout.write(HELP);
  const port = Number(values.port);
  if (!Number.isInteger(port) || port < 0 || port > 65_535)
    throw new Error(`--port: ${values.port} is not a port`);
  const seconds = values['complete-after'];
  if (seconds !== undefined && !(Number(seconds) >= 0))
    throw new Error(`--complete-after: ${seconds} is not a number of seconds`);
  const url = values['webhook-url'];
  const secret = values['webhook-secret'] ?? process.env.WEBHOOK_SECRET;
  if (url && !secret)
    throw new Error('--webhook-url requires --webhook-secret or the variable WEBHOOK_SECRET');

  const api = await startCyberdeskApi({
    port,
    ...(seconds !== undefined && { completeAfterMs: Number(seconds) * 1000 }),
    ...(url && secret && { webhook: { url, secret } }),
  });
  process.once('SIGINT', () => void api.close());
  process.once('SIGTERM', () => void api.close());
  console.log(`Fake Cyberdesk API on ${api.url}`);
}
