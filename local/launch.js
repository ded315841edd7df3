// The entry of `npm start`, in JavaScript that any Node reads: an older one cannot read TypeScript at all, and should
// say so in one line, or hand over to the Node that the project brings along.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const [major, minor] = process.versions.node.split('.').map(Number);
const fits = major > 22 || (major === 22 && minor >= 18);

if (fits) {
  await import('./command/start.ts');
} else {
  const own = fileURLToPath(new URL('../node_modules/.bin/node', import.meta.url));
  if (existsSync(own)) {
    const start = fileURLToPath(new URL('./command/start.ts', import.meta.url));
    const child = spawn(own, [start, ...process.argv.slice(2)], { stdio: 'inherit' });
    // The terminal sends its signals to both; this one only waits.
    for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => child.kill(signal));
    child.once('close', (code, signal) => process.exit(signal ? 1 : (code ?? 1)));
  } else {
    console.error(
      `Node ${process.versions.node} is too old: use Node 22.18 or newer, best 24 (the one Lambda runs).`,
    );
    process.exit(1);
  }
}
