import { execFile, spawn } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { ROOT, readText } from './repository.ts';

/**
 * `npm run transcripts`: runs the commands that the documentation shows, against a local run, and writes what they print
 * into the code block below each `<!-- transcript: name -->`.
 */
const PORT = '18787';
const SHOWN_PORT = '8787';
const { scripts, bin } = JSON.parse(readText('package.json'));
/** What `npm start` and `npx cyberdesk-webhooks` run, without npm in between: a signal must reach it. */
const START: string[] = scripts.start.split(' ').slice(1);
const COMMAND: string = bin['cyberdesk-webhooks'];
const PATIENCE = 60_000;
const RECONCILE = ['reconcile', '--since', '1h', '--grace', '0s'];
const PAGES = [
  'README.md',
  ...['health-check', 'events', 'dead-letters', 'reconcile'].map((name) => `docs/operate/${name}.md`),
];
const BLOCK = /<!-- transcript: ([\w-]+) -->\n```\n[\s\S]*?\n```\n/g;

/** What a name in the documentation stands for: commands with their output. */
const transcripts = new Map<string, string>();

class GaveUpError extends Error {
  override name = 'GaveUpError';
}

transcripts.set('once', await runOnce());
const local = spawn(process.execPath, START, { cwd: ROOT, env: environment() });
try {
  await until('the local run is ready', async () => (await health()) === 200);
  await record('doctor', [['doctor']]);
  await plant({ call: 'cyberdesk:POST /v1/runs', do: 'fail', status: 422, times: 'always' });
  await record('failed', [['send']]);
  const [, id = ''] = /^event +(\S+)$/m.exec(transcripts.get('failed') ?? '') ?? [];
  await fetch(`http://127.0.0.1:${PORT}/_local/faults`, { method: 'DELETE' });
  await record('redrive', [
    ['dlq', 'list'],
    ['dlq', 'redrive', '--all'],
    ['events', 'show', id],
  ]);
  await endFollowUp();
  await record('reconcile', [RECONCILE]);
} finally {
  local.kill();
}
writePages();

function environment(): NodeJS.ProcessEnv {
  return { ...process.env, PORT, NO_COLOR: '1', CYBERDESK_WEBHOOKS_STAGE: 'local' };
}

/** Runs one call of the command. Exit code 1 is a finding, not a failure. */
function run(words: readonly string[]): Promise<string> {
  return output(process.execPath, [COMMAND, ...words]);
}

function output(command: string, words: readonly string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    execFile(command, [...words], { cwd: ROOT, env: environment() }, (error, stdout, stderr) => {
      if (error && error.code !== 1)
        reject(new GaveUpError(`${words.join(' ')} failed: ${stderr}`, { cause: error }));
      else resolve(stdout.replaceAll(PORT, SHOWN_PORT).replaceAll(`PORT=${SHOWN_PORT} `, '').trimEnd());
    });
  });
}

async function runOnce(): Promise<string> {
  return `$ npm start -- --once\n${await output(process.execPath, [...START, '--once'])}`;
}

async function record(name: string, calls: readonly (readonly string[])[]): Promise<void> {
  const parts: string[] = [];
  for (const words of calls) {
    if (words[1] === 'show')
      await until('the event is processed', async () => /state +processed/.test(await run(words)));
    const text = await run(words);
    parts.push(`$ npx cyberdesk-webhooks ${words.join(' ')}\n${text}`);
  }
  transcripts.set(name, parts.join('\n\n'));
}

async function until(what: string, isTrue: () => Promise<boolean>): Promise<void> {
  for (const end = Date.now() + PATIENCE; Date.now() < end; await sleep(200)) {
    if (await isTrue()) return;
  }
  throw new GaveUpError(`gave up waiting until ${what}`);
}

function health(): Promise<number> {
  return fetch(`http://127.0.0.1:${PORT}/_local/health`).then(
    ({ status }) => status,
    () => 0,
  );
}

/** Ends the follow-up run at the fake API, which announces it nowhere: the run that a reconcile finds. */
async function endFollowUp(): Promise<void> {
  const [api] = /http:\/\/127\.0\.0\.1:(?!8787)\d+/.exec(transcripts.get('doctor') ?? '') ?? [];
  const [, followUp] = /startRun: \S.* ([0-9a-f-]{36})$/m.exec(transcripts.get('redrive') ?? '') ?? [];
  if (api === undefined || followUp === undefined)
    throw new GaveUpError('no API or no follow-up run was printed');
  await post(`${api}/_control/runs/${followUp}/complete`, { status: 'success' });
}

function plant(fault: object): Promise<void> {
  return post(`http://127.0.0.1:${PORT}/_local/faults`, fault);
}

async function post(url: string, content: object): Promise<void> {
  const { ok, status } = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(content),
  });
  if (!ok) throw new GaveUpError(`POST ${url} answered ${status}`);
}

function writePages(): void {
  for (const page of PAGES) {
    const path = join(ROOT, page);
    const text = readFileSync(path, 'utf8').replace(BLOCK, (_, name: string) => {
      const content = transcripts.get(name);
      if (content === undefined) throw new GaveUpError(`${page}: there is no transcript "${name}"`);
      return `<!-- transcript: ${name} -->\n\`\`\`\n${content}\n\`\`\`\n`;
    });
    writeFileSync(path, text);
  }
}
