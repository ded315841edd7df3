import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate as turn } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest';
import { CyberdeskProxy } from '../../local/faults/cyberdesk-proxy.ts';
import { API_URL, environmentOf } from '../../local/sandbox/environment.ts';
import { Functions } from '../../local/sandbox/functions.ts';
import { createSandbox, type LauncherDeps } from '../../local/sandbox/launcher.ts';
import { errorOf, FunctionLogs } from '../../local/sandbox/logs.ts';
import { FunctionPool } from '../../local/sandbox/pool.ts';
import { Sandbox, type SandboxDeps } from '../../local/sandbox/sandbox.ts';
import type { FunctionModel } from '../../local/template/model.ts';
import { waitFor } from '../e2e/kit/wait.ts';

const bootstrap = fileURLToPath(new URL('../../local/sandbox/bootstrap.mjs', import.meta.url));

let directory: string;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'sandbox-'));
});
afterAll(() => rm(directory, { recursive: true }));

let bundles = 0;

/** A function with this code. */
async function functionOf(code: string, timeoutSeconds = 20): Promise<FunctionModel> {
  bundles += 1;
  const name = `bundle${bundles}`;
  await writeFile(join(directory, `${name}.mjs`), code);
  return {
    label: 'fn',
    name: 'fn-name',
    arn: 'arn:aws:lambda:us-east-1:000000000000:function:fn-name',
    handler: `${name}.handler`,
    runtime: 'nodejs24.x',
    timeoutSeconds,
    memoryMb: 128,
    codeDirectory: directory,
    environment: { OF_THE_TEMPLATE: 'yes' },
    logGroup: 'group',
  } as unknown as FunctionModel;
}

/** A sandbox of a function, in which nothing can be reached. */
const sandboxOf = (
  id: string,
  fn: FunctionModel,
  deps: Pick<SandboxDeps, 'logs' | 'onEnd' | 'onIdle'>,
): Sandbox =>
  new Sandbox(id, fn, {
    bootstrap: [bootstrap],
    ...deps,
    environment: async (runtimeApi) =>
      environmentOf(fn, {
        region: 'us-east-1',
        runtimeApi,
        awsUrl: 'http://127.0.0.1:1',
        logStream: 'stream',
        credentials: { accessKeyId: 'A', secretAccessKey: 'S', sessionToken: 'T' },
        overrides: {},
      }),
  });

/** A pool for a function with this code. */
async function poolOf(
  code: string,
  options: { timeoutSeconds?: number; limit?: number; idleMs?: number } = {},
) {
  const fn = await functionOf(code, options.timeoutSeconds);
  const logs = new FunctionLogs();
  let started = 0;
  const pool = new FunctionPool({
    limit: options.limit ?? 4,
    idleMs: options.idleMs ?? 60_000,
    launch: (events) => {
      started += 1;
      return sandboxOf(`fn-${started}`, fn, { logs, ...events });
    },
  });
  const invoke = async (event: unknown = {}) => {
    const outcome = await pool.invoke(Buffer.from(JSON.stringify(event)));
    return outcome.kind === 'success' ? JSON.parse(outcome.payload) : outcome;
  };
  return { pool, invoke, logs, started: () => started };
}

describe('Sandbox', () => {
  it('an invocation gets event and context and returns the response; the next one reuses the sandbox', async () => {
    const { pool, invoke, started } = await poolOf(`
      let calls = 0;
      export const handler = async (event, context) => ({
        event, calls: ++calls, arn: context.invokedFunctionArn, left: context.getRemainingTimeInMillis(),
        trace: process.env._X_AMZN_TRACE_ID, id: context.awsRequestId,
      });`);
    const first = await invoke({ a: 'ä' });
    expect(first).toMatchObject({ event: { a: 'ä' }, calls: 1, arn: expect.stringMatching(/:fn-name$/) });
    expect(first.left).toBeGreaterThan(0);
    expect(first.left).toBeLessThanOrEqual(20_000);
    expect(first.trace).toMatch(/^Root=1-[0-9a-f]{8}-[0-9a-f]{24};/);
    const second = await invoke();
    expect(second.calls).toBe(2);
    expect(second.id).not.toBe(first.id);
    expect(started()).toBe(1);
    await pool.stop();
  });

  it("a function has the template's and Lambda's environment variables, but none of the caller's", async () => {
    process.env.OF_THE_CALLER = 'secret';
    const { pool, invoke } = await poolOf('export const handler = async () => process.env;');
    const env = await invoke();
    expect(env).toMatchObject({
      OF_THE_TEMPLATE: 'yes',
      AWS_LAMBDA_FUNCTION_NAME: 'fn-name',
      AWS_REGION: 'us-east-1',
    });
    expect(env).not.toHaveProperty('OF_THE_CALLER');
    await pool.stop();
  });

  it('an invocation that throws is a function error with type and message', async () => {
    const { pool, invoke, started } = await poolOf(`
      export const handler = async (event) => { if (event.bad) throw new TypeError('no good'); return 'fine'; };`);
    expect(await invoke({ bad: true })).toMatchObject({
      kind: 'failure',
      cause: 'handler',
      error: { errorType: 'TypeError', errorMessage: 'no good' },
    });
    expect(await invoke()).toBe('fine');
    expect(started()).toBe(1);
    await pool.stop();
  });

  it('an invocation that times out ends its sandbox', async () => {
    const { pool, invoke } = await poolOf(
      'export const handler = () => new Promise(() => setInterval(() => {}, 1000));',
      {
        timeoutSeconds: 0.2,
      },
    );
    expect(await invoke()).toMatchObject({
      cause: 'timeout',
      error: { errorMessage: expect.stringContaining('timed out after 0.20 seconds') },
    });
    await waitFor('the sandbox to end', () => pool.size === 0);
    await pool.stop();
  });

  it('a process that exits crashes its invocation, and the next one starts a new process', async () => {
    const { pool, invoke, started } = await poolOf(`
      export const handler = async (event) => { if (event.exit) process.exit(3); return 'fine'; };`);
    expect(await invoke({ exit: true })).toMatchObject({
      cause: 'crash',
      error: { errorType: 'Runtime.ExitError', errorMessage: expect.stringContaining('exit status 3') },
    });
    expect(await invoke()).toBe('fine');
    expect(started()).toBe(2);
    await pool.stop();
  });

  it.each([
    ['throws on load', 'throw new Error("broken"); export const handler = 1;', 'broken'],
    ['has no handler', 'export const other = 1;', 'is undefined or not exported'],
  ])('an invocation of a bundle that %s fails with the reason, each time', async (_, code, message) => {
    const { pool, invoke, started } = await poolOf(code);
    expect(await invoke()).toMatchObject({
      cause: 'init',
      error: { errorMessage: expect.stringContaining(message) },
    });
    expect(await invoke()).toMatchObject({ cause: 'init' });
    expect(started()).toBe(2);
    await pool.stop();
  });
});

describe('Functions', () => {
  /** A function with this code, and what is reported about it to the person who started the run. */
  async function functionsOf(code: string) {
    const fn = await functionOf(code);
    const said: string[] = [];
    const logs = new FunctionLogs();
    const functions = new Functions({
      functions: [fn],
      limit: 1,
      idleMs: 60_000,
      debug: undefined,
      create: (id, model, deps) => sandboxOf(id, model, { ...deps, logs }),
      warn: (text) => said.push(text),
      onFailure: (failed) => logs.count(errorOf(failed)),
    });
    const invoke = () => functions.invoke(fn, Buffer.from('{}'));
    return { said, logs, invoke, stop: () => functions.stop() };
  }

  it('a function that cannot be loaded is reported with message and first frame', async () => {
    const { said, invoke, stop } = await functionsOf('\nconst rules = undefined;\nrules.first;');

    await invoke();
    await stop();

    expect(said).toEqual([
      expect.stringMatching(
        /^the function fn cannot be loaded: Cannot read properties of undefined \(reading 'first'\) at \S*bundle\d+\.mjs:3:7$/,
      ),
    ]);
  });

  it('an invocation that fails is counted as Lambda does', async () => {
    const { logs, invoke, stop } = await functionsOf('export const handler = async () => { throw 1; };');

    await invoke();
    await stop();

    expect(logs.metrics).toMatchObject([
      { namespace: 'AWS/Lambda', name: 'Errors', values: [1], dimensions: { FunctionName: 'fn-name' } },
    ]);
  });

  it('a function that fails at work is reported without its message, which may quote a payload', async () => {
    const code = "export const handler = async () => { throw new TypeError('Jane Doe'); };";
    const { said, logs, invoke, stop } = await functionsOf(code);

    await invoke();
    await stop();

    expect(logs.lines.map(({ text }) => text)).toEqual([
      expect.stringMatching(
        /\tERROR\tInvoke Error\t\{"errorType":"TypeError","errorMessage":"Jane Doe","stack":\[/,
      ),
      expect.stringMatching(/^REPORT /),
    ]);
    expect(said).toEqual(['the function fn failed (TypeError): npm start -- --logs shows more']);
  });

  it('a function that fails between two invocations is reported without its message', async () => {
    // It throws once it has answered, and does not end before it has the next invocation.
    const { said, logs, invoke, stop } = await functionsOf(`
      let takeNext;
      const next = new Promise((resolve) => { takeNext = resolve; });
      const { exit } = process;
      process.exit = (code) => next.then(() => exit(code));
      let calls = 0;
      export const handler = async () => {
        calls += 1;
        if (calls === 2) { takeNext(); await new Promise(() => {}); }
        setTimeout(() => { console.log('late'); throw new TypeError('Jane Doe'); }, 200);
      };`);

    await invoke();
    await waitFor('the late error', () => logs.lines.some(({ text }) => text === 'late'));
    await invoke();
    await stop();

    expect(said).toEqual([
      'the function fn failed (Runtime.UncaughtException): npm start -- --logs shows more',
    ]);
  });
});

describe('FunctionPool', () => {
  it('a pool starts one sandbox per concurrent invocation, up to its limit', async () => {
    // Each invocation lasts until both sandboxes have one, however long they take to start.
    const { pool, invoke, started } = await poolOf(
      `import { appendFileSync, readFileSync } from 'node:fs';
      const file = ${JSON.stringify(join(directory, 'pids'))};
      export const handler = async () => {
        appendFileSync(file, process.pid + '\\n');
        const seen = () => new Set(readFileSync(file, 'utf8').trim().split('\\n')).size;
        while (seen() < 2) await new Promise((resolve) => setTimeout(resolve, 5));
        return process.pid;
      };`,
      { limit: 2 },
    );
    const pids = await Promise.all(Array.from({ length: 6 }, () => invoke()));
    expect(new Set(pids).size).toBe(2);
    expect(started()).toBe(2);
    await pool.stop();
    expect(pool.size).toBe(0);
  });

  it('a pool ends idle sandboxes', async () => {
    const { pool, invoke } = await poolOf('export const handler = async () => 1;', { idleMs: 20 });
    await invoke();
    await waitFor('the idle sandbox to end', () => pool.size === 0);
    await pool.stop();
  });

  it('a pool that stops answers running invocations', async () => {
    const { pool, invoke, logs } = await poolOf(
      'export const handler = () => { console.log("in"); return new Promise((r) => setTimeout(r, 1e6)); };',
    );
    const answer = invoke();
    await waitFor('the invocation to begin', () => logs.lines.some((line) => line.text === 'in'));
    await pool.stop();
    expect(await answer).toMatchObject({ kind: 'failure', cause: 'stopped' });
  });

  it('log lines of functions are collected, with the metrics in them', async () => {
    const { pool, invoke, logs } = await poolOf(`
      const line = { stack: 's', Count: 2, _aws: { Timestamp: 7, CloudWatchMetrics: [
        { Namespace: 'N', Dimensions: [['stack']], Metrics: [{ Name: 'Count', Unit: 'Count' }] }] } };
      export const handler = async () => { console.log(JSON.stringify(line)); process.stdout.write('last'); };`);
    await invoke();
    await pool.stop();
    const texts = logs.lines.filter((line) => line.source === 'function').map((line) => line.text);
    expect(texts.at(-1)).toBe('last');
    expect(logs.metrics).toEqual([
      {
        time: 7,
        function: 'fn',
        namespace: 'N',
        name: 'Count',
        unit: 'Count',
        values: [2],
        dimensions: { stack: 's' },
      },
    ]);
  });
});

describe('end-with-parent', () => {
  it('a sandbox ends when its parent is killed', async () => {
    const watch = new URL('../../local/sandbox/end-with-parent.mjs', import.meta.url).href;
    const child = `console.log('up'); setInterval(() => {}, 1000);`;
    const parent = spawn(process.execPath, [
      '-e',
      `const { spawn } = require('node:child_process');
       spawn(process.execPath, ['--import=${watch}', '-e', ${JSON.stringify(child)}], { stdio: ['pipe', 'inherit', 'ignore'] });
       setInterval(() => {}, 1000);`,
    ]);
    // Both keep the pipe open, so it closes when both have ended.
    const ended = once(parent.stdout, 'end');
    await once(parent.stdout, 'data');
    parent.kill('SIGKILL');
    await ended;
  });
});

describe('a sandbox whose proxy to Cyberdesk cannot listen', () => {
  it('a sandbox whose proxy cannot listen fails with that error alone, and rejects nothing that is not handled', async () => {
    const refused = new Error('no port is free');
    vi.spyOn(CyberdeskProxy.prototype, 'listen').mockRejectedValue(refused);
    const unhandled: unknown[] = [];
    const note = (reason: unknown) => void unhandled.push(reason);
    process.prependListener('unhandledRejection', note);
    onTestFinished(() => {
      process.off('unhandledRejection', note);
      vi.restoreAllMocks();
    });
    const model = await functionOf('');
    const fn = { ...model, environment: { [API_URL]: 'https://api.example' } };
    let ends = 0;
    const deps = {
      stack: { region: 'us-east-1', data: { logGroups: [] } },
      identities: { issue: () => ({}), revoke: () => undefined },
      authorizer: { authorize: async () => undefined },
      logs: new FunctionLogs(),
      environment: {},
    } as unknown as LauncherDeps;
    const onEnd = () => {
      ends += 1;
    };
    const sandbox = createSandbox(deps, 'sandbox', fn, { onEnd, onIdle: () => undefined });

    await expect(sandbox.start()).rejects.toBe(refused);
    sandbox.kill();
    await turn();

    expect([ends, unhandled]).toEqual([1, []]);
  });
});
