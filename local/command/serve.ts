import { once } from 'node:events';
import { performance } from 'node:perf_hooks';
import { mountConsole } from '../../ops/console/mount.ts';
import { commandLine, localTarget } from '../../ops/stage/command-line.ts';
import { HttpFront } from '../http/front.ts';
import { type LocalOptions, type LocalRun, startLocal } from '../run.ts';
import { watchEdits } from './edits.ts';
import { sendOnce } from './once.ts';
import { readSettings } from './settings.ts';

export interface ServeOptions {
  readonly once: boolean;
  readonly logs: boolean;
  readonly fresh: boolean;
}

/** Runs until it gets a signal, or for one event. @returns the exit code. @throws OperatorError */
export async function serve(options: ServeOptions, env: NodeJS.ProcessEnv): Promise<number> {
  const settings = readSettings(env);
  const stopped = Promise.race([once(process, 'SIGINT'), once(process, 'SIGTERM')]);
  if (options.once) return serveOnce(settings, { logs: options.logs, anyPort: env.PORT === undefined });
  const front = new HttpFront();
  try {
    for (let { fresh } = options, start = 0; ; fresh = false, start = performance.now()) {
      const keep = { ...settings.keep, fresh };
      const run = await startLocal({ ...settings, keep, say: console.log }, front);
      run.use(mountConsole(run.url));
      const edits = watchEdits(run, settings.stage, console.log);
      try {
        printLogs(run, options.logs);
        const seconds = ((performance.now() - start) / 1000).toFixed(1);
        console.log(start === 0 ? greeting(run, settings) : `ready again after ${seconds} s`);
        if ((await Promise.race([stopped, edits.synthesized])) !== 'synthesized') return 0;
        // Requests wait, what runs ends.
        await front.hold();
        await run.drain();
      } finally {
        await edits.close();
        await run.stop();
      }
    }
  } finally {
    await front.close();
  }
}

/** Handles a single event, on any free port unless one is given, and leaves nothing behind. */
async function serveOnce(
  settings: LocalOptions,
  { logs, anyPort }: { logs: boolean; anyPort: boolean },
): Promise<number> {
  const run = await startLocal({
    ...settings,
    ...(anyPort && { port: 0 }),
    keep: undefined,
    say: console.log,
  });
  try {
    printLogs(run, logs);
    return await sendOnce(run, console.log);
  } finally {
    await run.stop();
  }
}

const leftOut = (feature: string): string =>
  `infrastructure.ts: the local run does not support ${feature}, and is without it`;

/** What is left out, and all log lines to stdout, or only the local run's own warnings to stderr. */
function printLogs(run: LocalRun, all: boolean): void {
  for (const feature of run.stack.leftOut) console.error(leftOut(feature));
  run.logs.on('line', (line) => {
    if (all) console.log(`[${line.function}] ${line.text}`);
    else if (line.function === 'local') console.error(line.text);
  });
}

function greeting(run: LocalRun, { debug, webhookSecret }: LocalOptions): string {
  const debugged = debug
    ? `\n  Debugger         the ${debug.label} waits for one on 127.0.0.1:${debug.port}`
    : '';
  return `
  ${run.stack.name} (${run.cached ? 'from an earlier synthesis' : 'newly synthesized'})

  Webhooks         ${run.webhookUrl}
  Signing secret   ${webhookSecret === undefined ? run.secret : 'that of WEBHOOK_SECRET'}
  Cyberdesk API    ${run.cyberdeskUrl}${run.fake ? ' (fake)' : ''}
  Console          ${run.url}/
  Events           ${run.url}/_local/events${debugged}

  Send an event:   ${commandLine(localTarget(run.url), ['send'])}

ready after ${(performance.now() / 1000).toFixed(1)} s (Ctrl-C stops)`;
}
