import { spawn } from 'node:child_process';
import { expect, it, onTestFinished } from 'vitest';

/** Watches its parent at once, or once that has ended: as if the shell ended while the local run was being loaded. */
const code = (wait: string) => `
import { stopped } from ${JSON.stringify(new URL('../../local/command/stopped.ts', import.meta.url).href)};
const keepsRunning = setInterval(() => undefined, 1000);
const parent = process.ppid;
console.log('waits');
${wait}
await stopped(process.env, parent);
clearInterval(keepsRunning);
console.log('ends');
`;

it.each([
  { when: 'later', wait: '' },
  { when: 'while it is being loaded', wait: 'while (process.ppid === parent);' },
])('a run that npm has started ends with the shell of its script, $when', async ({ wait }) => {
  // With a second command, so that the shell does not become the first one.
  const command = '"$0" --input-type=module --eval "$1"; true';
  const shell = spawn('sh', ['-c', command, process.execPath, code(wait)], {
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
