import { commandLine, localTarget } from '../../ops/stage/command-line.ts';
import { type LocalOptions, type LocalRun, startLocal } from '../run.ts';
import { elsewhere } from './elsewhere.ts';
import { sendOnce } from './once.ts';
import { Served, type ServedOptions } from './served.ts';
import { readSettings } from './settings.ts';
import { stopped } from './stopped.ts';

export interface ServeOptions {
  readonly once: boolean;
  readonly logs: boolean;
  readonly fresh: boolean;
  /** The id of the process that began this one. */
  readonly parent: number;
}

/** Runs until it gets a signal, or for one event. @returns the exit code. @throws OperatorError */
export async function serve(options: ServeOptions, env: NodeJS.ProcessEnv): Promise<number> {
  const settings = readSettings(env);
  const asked = stopped(env, options.parent);
  if (options.once) return serveOnce(settings, { logs: options.logs, anyPort: env.PORT === undefined });
  const served = new Served({ settings, say: console.log, onStart: announcer(settings, options.logs) });
  try {
    await served.start(options.fresh);
    await asked;
    return 0;
  } finally {
    await served.close();
  }
}

/** Says what a run is and where, the first time; then only that there is another. */
function announcer(settings: LocalOptions, logs: boolean): ServedOptions['onStart'] {
  let isGreeted = false;
  return (run, seconds) => {
    printLogs(run, logs);
    console.log(isGreeted ? `ready again after ${seconds.toFixed(1)} s` : greeting(run, settings, seconds));
    isGreeted = true;
  };
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

/** What is left out or elsewhere, and all log lines to stdout, or only the local run's own warnings to stderr. */
function printLogs(run: LocalRun, all: boolean): void {
  for (const feature of run.stack.leftOut) console.error(leftOut(feature));
  for (const line of elsewhere(run.stack)) console.error(line);
  run.logs.on('line', (line) => {
    if (all) console.log(`[${line.function}] ${line.text}`);
    else if (line.function === 'local') console.error(line.text);
  });
}

function greeting(run: LocalRun, { debug, webhookSecret }: LocalOptions, seconds: number): string {
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

ready after ${seconds.toFixed(1)} s (Ctrl-C stops)`;
}
