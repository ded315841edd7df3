import { execFile, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Clone, makeClone } from '../support/clone.ts';
import { NIGHT, recordNight } from './night-transcript.ts';
import { readText } from './repository.ts';
import { recordVerifyApi } from './verify-api-transcript.ts';

/** Names of the transcripts, in the order in which they are recorded. */
export const TRANSCRIPTS = [
  'verify-api',
  'once',
  'doctor',
  'failed',
  'redrive',
  'audit',
  'reconcile',
  'types',
  'rules-check',
  'rules-diff',
  ...NIGHT,
] as const;

type Name = (typeof TRANSCRIPTS)[number];

const { scripts, bin } = JSON.parse(readText('package.json'));
/** What `npm start` and `npx --no cyberdesk-webhooks` run, without npm in between: a signal must reach it. */
const START: string[] = scripts.start.split(' ').slice(1);
const COMMAND: string = bin['cyberdesk-webhooks'];
const SHOWN_PORT = 8787;
/** Who acts in the local run, in place of the user of this machine. */
const USER = 'alex';
const PATIENCE = 100_000;

class GaveUpError extends Error {
  override name = 'GaveUpError';
}

/** Runs the commands that the documentation shows against a local run: what they print, by name. */
export async function recordTranscripts(): Promise<ReadonlyMap<string, string>> {
  // With the shipped rules and stages.
  const clone = makeClone();
  const recorder = new Recorder(await freePort(), clone);
  try {
    recorder.transcripts.set('verify-api', await recordVerifyApi());
    for (const [name, text] of await recordNight()) recorder.transcripts.set(name, text);
    await recorder.recordOnce();
    await recorder.withLocalRun(async () => {
      await recorder.record('doctor', [['doctor']]);
      await recorder.recordFailure();
      await recorder.recordRedrive();
      await recorder.record('audit', [['audit', 'list']]);
      await recorder.recordReconcile();
      await recorder.recordRules();
    });
  } finally {
    clone.remove();
  }
  return recorder.transcripts;
}

/** Another local run may be using the port that the documentation shows. */
async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  if (typeof address !== 'object' || address === null) throw new GaveUpError('found no free port');
  return address.port;
}

class Recorder {
  readonly transcripts = new Map<Name, string>();
  readonly #port: number;
  readonly #root: string;

  constructor(port: number, { root }: Clone) {
    this.#port = port;
    this.#root = root;
  }

  async recordOnce(): Promise<void> {
    const text = await this.#output([...START, '--once']);
    this.transcripts.set('once', `$ npm start -- --once\n${text}`);
  }

  async record(name: Name, calls: readonly (readonly string[])[]): Promise<void> {
    const parts: string[] = [];
    for (const words of calls) {
      if (words[1] === 'show')
        await until('the event is processed', async () => /state +processed/.test(await this.#run(words)));
      parts.push(`$ npx --no cyberdesk-webhooks ${words.join(' ')}\n${await this.#run(words)}`);
    }
    this.transcripts.set(name, parts.join('\n\n'));
  }

  async withLocalRun(work: () => Promise<void>): Promise<void> {
    const local = spawn(process.execPath, START, {
      cwd: this.#root,
      env: this.#environment(),
      stdio: 'ignore',
    });
    const ended = once(local, 'exit');
    try {
      await until('the local run is ready', () => isHealthy(this.#local('health')));
      await work();
    } finally {
      local.kill();
      await ended;
    }
  }

  async recordFailure(): Promise<void> {
    await post(this.#local('faults'), {
      call: 'cyberdesk:POST /v1/runs',
      do: 'fail',
      status: 422,
      times: 'always',
    });
    await this.record('failed', [['send']]);
    await fetch(this.#local('faults'), { method: 'DELETE' });
  }

  async recordRedrive(): Promise<void> {
    const id = this.#find('failed', /^event +(\S+)$/m);
    await this.record('redrive', [
      ['dlq', 'list'],
      ['dlq', 'redrive', '--all'],
      ['events', 'show', id],
    ]);
  }

  /** Ends the follow-up run at the fake API, which announces it nowhere: the run that a reconcile finds. */
  async recordReconcile(): Promise<void> {
    const api = this.#find('doctor', /^\S+ api-key .*(http:\/\/127\.0\.0\.1:\d+)/m);
    const followUp = this.#find('redrive', /startRun: done\s+→ run\s+([0-9a-f-]{36})$/m);
    await post(`${api}/_control/runs/${followUp}/complete`, { status: 'success' });
    await this.record('reconcile', [['reconcile', '--since', '1h', '--grace', '0s']]);
  }

  /** The types of the workflows; then the rules are edited, in a way that does not fit the next workflow's inputs. */
  async recordRules(): Promise<void> {
    await this.record('types', [['types'], ['types', '--check']]);
    const git = (...words: string[]) => execFileSync('git', words, { cwd: this.#root, stdio: 'ignore' });
    git('init');
    git('add', 'lambda', 'follow-ups.ts', 'stages.ts', 'package.json');
    git('-c', 'user.name=T', '-c', 'user.email=t@example.com', 'commit', '--message', 'rules');
    const file = join(this.#root, 'follow-ups.ts');
    const edited = readFileSync(file, 'utf8').replace('summary: run.output_data?.summary', 'summary: 42');
    writeFileSync(file, edited.replace(/\n {2}\{\n {4}name: 'notify-failure',[\s\S]*?\n {2}\},/, ''));
    await this.record('rules-check', [['rules', 'check']]);
    await this.record('rules-diff', [['rules', 'diff', '--since', '1h', '--base', 'HEAD']]);
  }

  #find(name: Name, pattern: RegExp): string {
    const [, found] = pattern.exec(this.transcripts.get(name) ?? '') ?? [];
    if (found === undefined)
      throw new GaveUpError(`the transcript "${name}" does not contain ${pattern.source}`);
    return found;
  }

  readonly #local = (path: string): string => `http://127.0.0.1:${this.#port}/_local/${path}`;

  #environment(): NodeJS.ProcessEnv {
    return { ...process.env, PORT: `${this.#port}`, NO_COLOR: '1', CYBERDESK_WEBHOOKS_STAGE: 'local' };
  }

  #run(words: readonly string[]): Promise<string> {
    return this.#output([COMMAND, ...words]);
  }

  /** Runs one command. Exit code 1 is a finding, not a failure. */
  #output(words: readonly string[]): Promise<string> {
    return new Promise((resolve, reject) => {
      execFile(
        process.execPath,
        [...words],
        { cwd: this.#root, env: this.#environment() },
        (error, stdout, stderr) => {
          if (error && error.code !== 1)
            reject(new GaveUpError(`${words.join(' ')} failed: ${stderr}`, { cause: error }));
          else resolve(this.#asShown(stdout));
        },
      );
    });
  }

  readonly #asShown = (text: string): string =>
    text
      .replaceAll(` --stage local:${this.#port}`, '')
      .replaceAll(new RegExp(`\\b${userInfo().username}\\b`, 'g'), USER)
      .replaceAll(`127.0.0.1:${this.#port}`, `127.0.0.1:${SHOWN_PORT}`)
      .trimEnd();
}

async function until(what: string, isTrue: () => Promise<boolean>): Promise<void> {
  for (const end = Date.now() + PATIENCE; Date.now() < end; await sleep(200)) {
    if (await isTrue()) return;
  }
  throw new GaveUpError(`gave up waiting until ${what}`);
}

const isHealthy = (url: string): Promise<boolean> =>
  fetch(url).then(
    ({ status }) => status === 200,
    () => false,
  );

async function post(url: string, content: object): Promise<void> {
  const { ok, status } = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(content),
  });
  if (!ok) throw new GaveUpError(`POST ${url} answered ${status}`);
}
