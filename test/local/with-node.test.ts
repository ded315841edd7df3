import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, expect, it } from 'vitest';

const folder = mkdtempSync(join(tmpdir(), 'with-node-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Makes the first process say that it is Node 20; a process that it starts reports its real version. */
const OLD = `--import=data:text/javascript,${encodeURIComponent(
  'Object.defineProperty(process, "versions", { value: { ...process.versions, node: "20.11.0" } });',
)}`;

/** A program that runs this code once the Node is right. */
function program(code: string): string {
  const file = join(folder, `${Math.random()}.mjs`);
  const withNode = pathToFileURL('bin/with-node.mjs').href;
  writeFileSync(file, `import { withNode } from '${withNode}';\nawait withNode(async () => { ${code} });\n`);
  return file;
}

const { app }: { app: string } = JSON.parse(readFileSync('cdk.json', 'utf8'));
/** What `cdk` starts. */
const APP = app.replace(/^node /, '');

it.each([['local/start.mjs'], ['ops/cyberdesk-webhooks.mjs'], [APP]])(
  '%s reports in one line that Node is too old when there is no newer one',
  (entry) => {
    const env = { ...process.env, CYBERDESK_WEBHOOKS_RESTARTED: '1' };

    const { status, stdout, stderr } = spawnSync(process.execPath, [OLD, entry, '--help'], {
      env,
      encoding: 'utf8',
    });

    expect([status, stdout]).toEqual([2, '']);
    expect(stderr).toMatch(/^Node 20\.11\.0 is too old: use Node 22\.18 or newer.*\n$/);
  },
);

it.each([
  ['local/start.mjs', /^Usage: npm start/],
  ['ops/cyberdesk-webhooks.mjs', /^Usage: cyberdesk-webhooks/],
])('%s hands over from an old Node to the one in node_modules', (entry, usage) => {
  const { status, stdout, stderr } = spawnSync(process.execPath, [OLD, entry, '--help'], {
    encoding: 'utf8',
  });

  expect([status, stderr]).toEqual([0, '']);
  expect(stdout).toMatch(usage);
});

/** Makes the first process one that cannot use a proxy, as Node.js 22.18 to 24.13. */
const WITHOUT_PROXY = `--import=data:text/javascript,${encodeURIComponent(
  'import http from "node:http"; delete http.setGlobalProxyFromEnv;',
)}`;

/** What a program that such a process starts in this environment finds in its own. */
function startedWith(environment: Record<string, string>): string {
  const file = program("console.log(typeof process.getBuiltinModule('node:http').setGlobalProxyFromEnv);");
  const { PATH } = process.env;
  const { stdout, stderr } = spawnSync(process.execPath, [WITHOUT_PROXY, file], {
    env: { PATH, ...environment },
    encoding: 'utf8',
  });
  expect(stderr).toBe('');
  return stdout.trim();
}

it.each(['https_proxy', 'HTTP_PROXY', 'ALL_PROXY', 'npm_config_proxy'])(
  'a Node that cannot use the proxy in %s hands over to the one in node_modules',
  (name) => {
    expect(startedWith({ [name]: 'http://127.0.0.1:9' })).toBe('function');
  },
);

it('a Node that cannot use a proxy goes on where none is set, and where there is no other', () => {
  expect(startedWith({ HTTPS_PROXY: '' })).toBe('undefined');
  expect(startedWith({ HTTPS_PROXY: 'http://127.0.0.1:9', CYBERDESK_WEBHOOKS_RESTARTED: '1' })).toBe(
    'undefined',
  );
});

it('the newer Node gets the arguments, and its exit code is handed on', () => {
  const file = program('console.log(process.argv.slice(2).join()); process.exitCode = 7;');

  const { status, stdout } = spawnSync(process.execPath, [OLD, file, 'a', '--b'], { encoding: 'utf8' });

  expect([status, stdout]).toEqual([7, 'a,--b\n']);
});

it.each(['SIGINT', 'SIGTERM'] as const)('%s reaches the newer Node, which ends in order', async (signal) => {
  const file = program(
    `process.once('${signal}', () => process.exit(3)); setInterval(() => {}, 1000); console.log('up');`,
  );
  const child = spawn(process.execPath, [OLD, file], { stdio: ['ignore', 'pipe', 'inherit'] });
  await once(child.stdout, 'data');

  child.kill(signal);

  expect(await once(child, 'close')).toEqual([3, null]);
});

it('a newer Node that a signal kills makes the launcher end by the same signal', async () => {
  const child = spawn(process.execPath, [OLD, program("process.kill(process.pid, 'SIGTERM');")]);

  expect(await once(child, 'close')).toEqual([null, 'SIGTERM']);
});
