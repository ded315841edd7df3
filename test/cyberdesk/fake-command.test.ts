import { spawn } from 'node:child_process';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { expect, it, onTestFinished } from 'vitest';

const MAIN = fileURLToPath(new URL('../../local/cyberdesk-api/main.ts', import.meta.url));

/** Runs the command in its own process, which ends with the test. */
function run(...args: string[]) {
  const child = spawn(process.execPath, [MAIN, ...args], { env: { PATH: process.env.PATH } });
  onTestFinished(() => void child.kill('SIGKILL'));
  const shown = { text: '' };
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (text) => (shown.text += text));
  const ended = new Promise<number | null>((resolve) => child.once('close', resolve));
  return { child, shown, ended };
}

it('the fake API prints its URL, answers there, and exits on SIGTERM', async () => {
  const { child, shown, ended } = run('--port', '0');
  await expect.poll(() => shown.text).toContain('http://');
  const url = /http:\S+/.exec(shown.text)?.[0];
  expect((await fetch(`${url}/v1/health`)).status).toBe(200);
  child.kill('SIGTERM');
  expect(await ended).toBe(0);
});

it.each([
  [['--port', '70000'], '--port: 70000 is not a port'],
  [['--complete-after', 'soon'], '--complete-after: soon is not a number of seconds'],
  [['--webhook-url', 'http://127.0.0.1:1'], '--webhook-secret'],
  [['--colour'], '--colour'],
])('the fake API refuses %s in one line', async (args, hint) => {
  const { shown, ended } = run(...args);
  expect(await ended).toBe(1);
  expect(shown.text).toContain(hint);
  expect(shown.text.trim().split('\n')).toHaveLength(1);
});

it('the fake API names a port that is in use', async () => {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  const { port } = server.address() as AddressInfo;
  const { shown, ended } = run('--port', String(port));
  expect(await ended).toBe(1);
  expect(shown.text.trim()).toBe(`--port: ${port} is in use: choose another, or omit it for any free port`);
});
