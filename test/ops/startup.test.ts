import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, it } from 'vitest';

const launcher = join(import.meta.dirname, '../../ops/cyberdesk-webhooks.mjs');

/** Prints each module that is loaded, on standard error, and in the end those of Node.js. */
const hook = `import { registerHooks } from 'node:module';
registerHooks({ load(url, context, next) { console.error(url); return next(url, context); } });
process.on('exit', () => console.error(process.moduleLoadList.join('\\n')));`;

function modulesOf(argv: readonly string[], code = 0): string[] {
  const preload = `data:text/javascript,${encodeURIComponent(hook)}`;
  const { stderr, status } = spawnSync(process.execPath, ['--import', preload, ...argv], {
    encoding: 'utf8',
  });
  expect(status, stderr).toBe(code);
  return stderr.split('\n').filter(Boolean);
}

it.each(['--help', '--version'])('%s loads no verb, no AWS SDK and nothing of the core', (option) => {
  const loaded = modulesOf([launcher, option]);

  expect(loaded.some((url) => url.endsWith('/ops/main.ts'))).toBe(true);
  expect(loaded.filter((url) => /@aws-sdk|\/lambda\/|\/ops\/\w+\/\w*-?command\.ts$/.test(url))).toEqual([
    expect.stringMatching(/\/ops\/cli\/command\.ts$/),
  ]);
});

it('a verb loads no other verb', () => {
  const loaded = modulesOf([launcher, 'queues', '--help']);

  expect(loaded.filter((url) => /\/ops\/(doctor|reconcile|console|cost|types)\//.test(url))).toEqual([]);
});

it('the list of events loads none of the other verbs for events', () => {
  const loaded = modulesOf([launcher, 'events', 'list', '--help']);

  expect(loaded.some((url) => url.endsWith('/ops/events/list.ts'))).toBe(true);
  expect(loaded.filter((url) => /\/ops\/(audit|logs)\/|\/(replay|settle|timeline)\.ts$/.test(url))).toEqual(
    [],
  );
});

it('whoever asks the local run does not load the library behind fetch', () => {
  const loaded = modulesOf([launcher, 'queues', '--stage', 'local:1'], 2);

  expect(loaded.some((url) => url.endsWith('/ops/stage/local-json.ts'))).toBe(true);
  expect(loaded.filter((name) => name.includes('undici/undici'))).toEqual([]);
});

it('the client of a service is loaded by its first call', () => {
  const clients = join(import.meta.dirname, '../../ops/stage/clients.ts');
  const ask = (call: string) =>
    modulesOf([
      '--input-type=module',
      '--eval',
      `const { createClients } = await import(${JSON.stringify(clients)});
      const keys = { accessKeyId: 'a', secretAccessKey: 'b' };
      const clients = createClients({ region: 'eu-west-1', credentials: keys, endpoint: 'http://127.0.0.1:1' });
      ${call}`,
    ]).filter((url) => url.includes('/@aws-sdk/client-'));

  expect(ask('')).toEqual([]);
  expect(ask('await clients.sts.send({}).catch(() => undefined);')).toEqual([
    expect.stringContaining('/@aws-sdk/client-sts/'),
  ]);
});
