import { spawn } from 'node:child_process';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';

const MAIN = fileURLToPath(new URL('../../local/cyberdesk-api/main.ts', import.meta.url));

/** The command in a process of its own, which ends with the test. */
function run(...args: string[]) {
  const child = spawn(process.execPath, [MAIN, ...args], { env: { PATH: process.env.PATH } });
  onTestFinished(() => void child.kill('SIGKILL'));
  const shown = { text: '' };
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (text) => (shown.text += text));
  const ended = new Promise<number | null>((resolve) => child.once('close', resolve));
  return { child, shown, ended };
}

test('it says where it listens, answers there, and ends on request', async () => {
  const { child, shown, ended } = run('--port', '0');
  await expect.poll(() => shown.text, { timeout: 20_000 }).toContain('http://');
  const url = /http:\S+/.exec(shown.text)?.[0];
  expect((await fetch(`${url}/v1/health`)).status).toBe(200);
  child.kill('SIGTERM');
  expect(await ended).toBe(0);
});

test.each([
  [['--port', '70000'], '--port: 70000 is no port'],
  [['--complete-after', 'soon'], '--complete-after: soon is no time'],
  [['--webhook-url', 'http://127.0.0.1:1'], '--webhook-secret'],
  [['--colour'], '--colour'],
])('%s is refused in one line', async (args, hint) => {
  const { shown, ended } = run(...args);
  expect(await ended).toBe(1);
  expect(shown.text).toContain(hint);
  expect(shown.text.trim().split('\n')).toHaveLength(1);
});

test('a port in use is named', async () => {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  const { port } = server.address() as AddressInfo;
  const { shown, ended } = run('--port', String(port));
  expect(await ended).toBe(1);
  expect(shown.text.trim()).toBe(`--port: ${port} is in use; give another, or none for any free port`);
});
