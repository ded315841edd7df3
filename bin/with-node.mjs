// Used by `npm start` and by the command. It is JavaScript that an old Node can run, because handling an old Node is its
// job: one that cannot load TypeScript hands over to a newer one, or says so in one line.
import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));
/** Set for the second start, so that a wrong Node in `node_modules` does not start itself forever. */
const RESTARTED = 'CYBERDESK_WEBHOOKS_RESTARTED';

/** What `cdk deploy` takes the proxy from, in its order; each also in capitals. */
const proxyNames = (protocol) => [
  `npm_config_${protocol}_proxy`,
  `${protocol}_proxy`,
  'npm_config_proxy',
  'all_proxy',
];

/** The first of these variables that is set, in small letters or in capitals. */
export const firstOf = (environment, names) =>
  names.map((name) => environment[name] || environment[name.toUpperCase()]).find(Boolean);

/** The proxy for `http` or for `https` in an environment. */
export const proxyOf = (environment, protocol) => firstOf(environment, proxyNames(protocol));

/**
 * Runs `load` in a Node that package.json accepts and that can use the proxy of this shell, if one is set: this one, or
 * the one that npm installed beside the project, in which the whole program starts again. Exits with 2 when neither is
 * recent enough.
 * @param {() => Promise<unknown>} load imports what needs the newer Node
 */
export async function withNode(load) {
  const { engines } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));
  const needed = engines.node.replace(/[^\d.]/g, '');
  const isRecent = isAtLeast(process.versions.node, needed);
  const suffices = isRecent && canUseProxyOf(process.env);
  const other = suffices || process.env[RESTARTED] ? undefined : findNode(ROOT);
  // Without a Node that can use the proxy, the verbs that need the network say so, and the others work.
  if (isRecent && other === undefined) {
    await load();
    return;
  }
  if (other === undefined) {
    console.error(`Node ${process.versions.node} is too old: use Node ${needed} or newer (Lambda runs 24).`);
    process.exit(2);
  }
  restart(other);
}

/** Compares number by number: 22.9 is less than 22.18. */
const isAtLeast = (version, needed) => version.localeCompare(needed, 'en', { numeric: true }) >= 0;

/** Node 22.18 to 24.13 cannot. */
const canUseProxyOf = (environment) =>
  typeof process.getBuiltinModule('node:http').setGlobalProxyFromEnv === 'function' ||
  !(proxyOf(environment, 'http') || proxyOf(environment, 'https'));

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
