// Used by `npm start` and by the command. It is JavaScript that an old Node can run, because handling an old Node is its
// job: one that cannot load TypeScript hands over to a newer one, or says so in one line.
import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));
/** Set for the second start, so that a wrong Node in `node_modules` does not start itself forever. */
const RESTARTED = 'CYBERDESK_WEBHOOKS_RESTARTED';

/**
 * Runs `load` in a Node that package.json accepts: this one, or the one that npm installed beside the project, in which
 * the whole program starts again. Exits with 2 when neither is recent enough.
 * @param {() => Promise<unknown>} load imports what needs the newer Node
 */
export async function withNode(load) {
  const { engines } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));
  const needed = engines.node.replace(/[^\d.]/g, '');
  if (isAtLeast(process.versions.node, needed)) {
    await load();
    return;
  }
  const other = process.env[RESTARTED] ? undefined : findNode(ROOT);
  if (other === undefined) {
    console.error(`Node ${process.versions.node} is too old: use Node ${needed} or newer (Lambda runs 24).`);
    process.exit(2);
  }
  restart(other);
}

/** Compares number by number: 22.9 is less than 22.18. */
const isAtLeast = (version, needed) => version.localeCompare(needed, 'en', { numeric: true }) >= 0;

/** The Node in the nearest `node_modules` that has one. */
function findNode(folder) {
  const file = ['node', 'node.exe']
    .map((name) => join(folder, 'node_modules', '.bin', name))
    .find(existsSync);
  if (file !== undefined) return file;
  return dirname(folder) === folder ? undefined : findNode(dirname(folder));
}

/** Starts this program again and ends as it ends. */
function restart(node) {
  const env = { ...process.env, [RESTARTED]: '1' };
  const child = spawn(node, process.argv.slice(1), { stdio: 'inherit', env });
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'];
  // Ctrl-C in a terminal reaches the child anyway; a second SIGINT would interrupt its clean shutdown.
  const forward = (signal) => (signal === 'SIGINT' && process.stdin.isTTY ? undefined : child.kill(signal));
  for (const signal of signals) process.on(signal, forward);
  child.once('error', (error) => {
    console.error(`${node} does not start (${error.message}): run "npm ci" again.`);
    process.exit(2);
  });
  child.once('close', (code, signal) => {
    if (signal === null) process.exit(code);
    for (const name of signals) process.off(name, forward);
    process.kill(process.pid, signal);
  });
}
