import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';

/** moto did not start. */
export class MotoError extends Error {
  override name = 'MotoError';
}

export interface Moto {
  readonly endpoint: string;
  stop(): Promise<void>;
}

/** Starts moto's server on this machine only. @throws MotoError */
export async function startMoto(): Promise<Moto> {
  const port = await freePort();
  const server = spawn('moto_server', ['--host', '127.0.0.1', '--port', String(port)], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let log = '';
  server.stderr.on('data', (text) => {
    log += text;
  });
  const stop = async () => {
    if (server.exitCode !== null) return;
    server.kill();
    await once(server, 'exit');
  };
  // By name, because moto interprets an address as a bucket name.
  const endpoint = `http://localhost:${port}`;
  for (let attempt = 0; attempt < 150 && server.exitCode === null; attempt += 1) {
    if (await answers(endpoint)) return { endpoint, stop };
    await delay(200);
  }
  await stop();
  throw new MotoError(`moto_server did not answer on port ${port}: ${log.trim().split('\n').at(-1) ?? ''}`);
}

const answers = (endpoint: string): Promise<boolean> =>
  fetch(`${endpoint}/moto-api/`).then(
    ({ ok }) => ok,
    () => false,
  );

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  server.close();
  await once(server, 'close');
  return port;
}
