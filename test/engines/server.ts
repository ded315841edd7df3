import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';

/** A server that a test needs did not start. */
export class ServerError extends Error {
  override name = 'ServerError';
}

export interface Server {
  readonly endpoint: string;
  stop(): Promise<void>;
}

/** Ends the command when its standard input ends, and so with this process, however that ends. */
const WITH_PARENT = '"$@" & child=$!; cat >/dev/null; kill $child 2>/dev/null; wait $child';

/**
 * Starts a server on a free port of this machine, and waits until it answers.
 * @param commandOf the command line for a port; it must listen on 127.0.0.1 only
 * @param path answered with 200 once the server is ready
 * @throws ServerError with the last line that the server wrote
 */
export async function startServer(commandOf: (port: number) => string[], path: string): Promise<Server> {
  const port = await freePort();
  const command = commandOf(port);
  const server = spawn('sh', ['-c', WITH_PARENT, 'sh', ...command], { stdio: ['pipe', 'pipe', 'pipe'] });
  let log = '';
  for (const stream of [server.stdout, server.stderr]) {
    stream.on('data', (text) => {
      log = `${log}${text}`.slice(-10_000);
    });
  }
  // By name, because moto interprets an address as a bucket name.
  const endpoint = `http://localhost:${port}`;
  for (let attempt = 0; attempt < 300 && server.exitCode === null; attempt += 1) {
    if (await answers(endpoint + path)) return { endpoint, stop: () => end(server) };
    await delay(200);
  }
  await end(server);
  throw new ServerError(`${command[0]} did not answer on port ${port}: ${log.trim().split('\n').at(-1)}`);
}

async function end(server: ChildProcess): Promise<void> {
  if (server.exitCode !== null) return;
  server.stdin?.end();
  await once(server, 'exit');
}

const answers = (url: string): Promise<boolean> =>
  fetch(url).then(
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
