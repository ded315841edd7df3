import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, it, onTestFinished } from 'vitest';
import { BUNDLE_FILE } from '../../lib/functions/build-options.ts';
import { buildWithMap } from '../../lib/functions/source-map.ts';
import { handlerPath } from '../../lib/paths.ts';
import { SourceFrames } from '../../ops/logs/source-frames.ts';

/** What the bundle of the verifier logs when it is invoked with what is no request. */
async function lineOfFailure(): Promise<Record<string, unknown>> {
  const folder = mkdtempSync(join(tmpdir(), 'bundle-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const file = join(folder, BUNDLE_FILE);
  const { code } = await buildWithMap({ entry: handlerPath('verifier') }, file);
  writeFileSync(file, code);
  const call = `const { handler } = await import(${JSON.stringify(pathToFileURL(file).href)}); await handler({}, {});`;
  const { stdout } = spawnSync(process.execPath, ['--input-type=module', '--eval', call], {
    encoding: 'utf8',
    env: {
      AWS_REGION: 'us-east-1',
      POWERTOOLS_SERVICE_NAME: 'verifier',
      STACK_NAME: 'stack',
      STAGE: 'dev',
      TABLE_NAME: 'table',
      QUEUE_URL: 'http://127.0.0.1:1/queue',
      SIGNING_SECRET_ARN: 'arn',
      PREVIOUS_SECRET_GRACE_DAYS: '7',
      SECRET_CACHE_SECONDS: '300',
      EVENT_RETENTION_DAYS: '90',
      BODY_RETENTION_DAYS: '90',
      COMPLETION_RETENTION_DAYS: '180',
    },
  });
  return JSON.parse(stdout);
}

const entry = (line: Record<string, unknown>) => ({ at: '', function: 'verifier', line });

it('logs leads stack frames of a bundle without a source map back to file and line', async () => {
  const frames = new SourceFrames();
  const logged = await lineOfFailure();
  const { line } = await frames.resolve(entry(logged));

  expect(JSON.stringify(logged)).not.toContain('lambda/verifier');
  expect(line).toMatchObject({
    message: logged.message,
    error: { name: 'TypeError', stack: expect.stringMatching(/lambda\/verifier\/verifier\.ts:\d+:\d+/) },
  });
  expect(frames.isOther).toBe(false);
});

it('logs leads stack frames of causes back as well', async () => {
  const { error, ...logged } = await lineOfFailure();
  const { line } = await new SourceFrames().resolve(
    entry({ ...logged, error: { name: 'Error', stack: '', cause: error } }),
  );

  expect(line).toMatchObject({ error: { cause: { stack: expect.stringContaining('verifier.ts:') } } });
});

it.each([
  ['another release', { bundle: '0123456789abcdef' }],
  ['a function that is deployed with its map', { service: 'processor' }],
])('logs leaves stack frames of %s as they are', async (_, facts) => {
  const frames = new SourceFrames();
  const logged = { ...(await lineOfFailure()), ...facts };

  expect(await frames.resolve(entry(logged))).toEqual(entry(logged));
  expect(frames.isOther).toBe(true);
});

it('logs leaves a line without an error as it is', async () => {
  const frames = new SourceFrames();

  expect(await frames.resolve(entry({ message: 'fine' }))).toEqual(entry({ message: 'fine' }));
  expect(frames.isOther).toBe(false);
});
