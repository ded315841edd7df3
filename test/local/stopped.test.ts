import { spawn } from 'node:child_process';
import { expect, it, onTestFinished } from 'vitest';

const CODE = `
import { stopped } from ${JSON.stringify(new URL('../../local/command/stopped.ts', import.meta.url).href)};
const keepsRunning = setInterval(() => undefined, 1000);
console.log('waits');
await stopped(process.env);
clearInterval(keepsRunning);
console.log('ends');
`;

it('a run that npm has started ends with the shell of its script', async () => {
  // With a second command, so that the shell does not become the first one.
  const command = '"$0" --input-type=module --eval "$1"; true';
  const shell = spawn('sh', ['-c', command, process.execPath, CODE], {
    env: { ...process.env, npm_lifecycle_event: 'start' },
    stdio: ['ignore', 'pipe', 'inherit'],
    detached: true,
  });
  let isEnded = false;
  shell.stdout.once('close', () => (isEnded = true));
  // Its group, which outlives it if this fails.
  onTestFinished(() => void (isEnded || process.kill(-Number(shell.pid))));
  let said = '';
  shell.stdout.on('data', (text) => (said += text));
  await expect.poll(() => said).toBe('waits\n');

  shell.kill('SIGTERM');

  await expect.poll(() => isEnded).toBe(true);
  expect(said).toBe('waits\nends\n');
});
