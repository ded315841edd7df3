#!/usr/bin/env node
// Starts the command with a Node that can run it: this one, or the one that npm has installed in the project.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const NEEDED = [22, 18];
const here = dirname(fileURLToPath(import.meta.url));

const [major, minor] = process.versions.node.split('.').map(Number);
if (major > NEEDED[0] || (major === NEEDED[0] && minor >= NEEDED[1])) {
  // A checkout runs its sources. In node_modules Node does not strip types, so a package contains JavaScript.
  const source = join(here, 'main.ts');
  const built = join(here, '..', 'dist', 'ops', 'main.js');
  const isInstalled = here.split(/[\\/]/).includes('node_modules');
  const { main } = await import(
    !isInstalled && existsSync(source) ? './main.ts' : '../dist/ops/main.js'
  ).catch((error) => {
    if (error.code !== 'ERR_MODULE_NOT_FOUND' || existsSync(built)) throw error;
    console.error(
      'the installation of cyberdesk-webhooks is incomplete: run "npm ci" (and "npm run build" in a package).',
    );
    process.exit(2);
  });
  process.exitCode = await main(process.argv.slice(2));
} else {
  const other = findNode(here);
  if (other === undefined || process.env.CYBERDESK_WEBHOOKS_RESTARTED) {
    console.error(
      `cyberdesk-webhooks needs Node ${NEEDED.join('.')} or newer, but this is ${process.version}.`,
    );
    process.exit(2);
  }
  const env = { ...process.env, CYBERDESK_WEBHOOKS_RESTARTED: '1' };
  const { status } = spawnSync(other, process.argv.slice(1), { stdio: 'inherit', env });
  process.exit(status ?? 2);
}

/** The Node in the nearest `node_modules`, if it has one. */
function findNode(folder) {
  for (const name of ['node', 'node.exe']) {
    const file = join(folder, 'node_modules', '.bin', name);
    if (existsSync(file)) return file;
  }
  return dirname(folder) === folder ? undefined : findNode(dirname(folder));
}
