import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, it } from 'vitest';

const launcher = join(import.meta.dirname, '../../ops/cyberdesk-webhooks.mjs');

/** Prints each module that is loaded, on standard error. */
const hook = `import { registerHooks } from 'node:module';
registerHooks({ load(url, context, next) { console.error(url); return next(url, context); } });`;

const modulesOf = (...argv: string[]): string[] => {
  const preload = `data:text/javascript,${encodeURIComponent(hook)}`;
  const { stderr, status } = spawnSync(process.execPath, ['--import', preload, launcher, ...argv], {
    encoding: 'utf8',
  });
  expect(status).toBe(0);
  return stderr.split('\n').filter(Boolean);
};

it.each(['--help', '--version'])('%s loads no verb, no AWS SDK and nothing of the core', (option) => {
  const loaded = modulesOf(option);

  expect(loaded.some((url) => url.endsWith('/ops/main.ts'))).toBe(true);
  expect(loaded.filter((url) => /@aws-sdk|\/lambda\/|\/ops\/\w+\/\w*-?command\.ts$/.test(url))).toEqual([
    expect.stringMatching(/\/ops\/cli\/command\.ts$/),
  ]);
});

it('a verb loads no other verb', () => {
  const loaded = modulesOf('queues', '--help');

  expect(loaded.filter((url) => /\/ops\/(doctor|reconcile|console|cost|types)\//.test(url))).toEqual([]);
});
