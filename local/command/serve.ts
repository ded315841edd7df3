import { once } from 'node:events';
import { performance } from 'node:perf_hooks';
import { mountConsole } from '../../ops/console/mount.ts';
import { commandLine, localTarget } from '../../ops/stage/command-line.ts';
import { type LocalOptions, type LocalRun, startLocal } from '../run.ts';
import { sendOnce } from './once.ts';
import { readSettings } from './settings.ts';

/** Runs until it gets a signal, or for one event. @returns the exit code. @throws OperatorError */
export async function serve(
  options: { once: boolean; logs: boolean },
  env: NodeJS.ProcessEnv,
): Promise<number> {
  const settings = readSettings(env);
  const stopped = Promise.race([once(process, 'SIGINT'), once(process, 'SIGTERM')]);
  // A single event can be handled on any free port.
  const run = await startLocal(options.once && env.PORT === undefined ? { ...settings, port: 0 } : settings);
  run.use(mountConsole(run.url));
  try {
    printLogs(run, options.logs);
    if (options.once) return await sendOnce(run, console.log);
    console.log(greeting(run, settings.debug));
    await stopped;
    return 0;
  } finally {
    await run.stop();
  }
}

/** All log lines to stdout, or only the local run's own warnings to stderr. */
function printLogs(run: LocalRun, all: boolean): void {
  run.logs.on('line', (line) => {
    if (all) console.log(`[${line.function}] ${line.text}`);
    else if (line.function === 'local') console.error(line.text);
  });
}

function greeting(run: LocalRun, debug: LocalOptions['debug']): string {
  const debugged = debug
    ? `\n  Debugger         the ${debug.label} waits for one on 127.0.0.1:${debug.port}`
    : '';
  return `
  ${run.stack.name} (${run.cached ? 'from an earlier synthesis' : 'newly synthesized'})

  Webhooks         ${run.webhookUrl}
  Signing secret   ${run.secret}
  Cyberdesk API    ${run.cyberdeskUrl}${run.fake ? ' (fake)' : ''}
  Console          ${run.url}/
  Events           ${run.url}/_local/events${debugged}

  Send an event:   ${commandLine(localTarget(run.url), ['send'])}

ready after ${(performance.now() / 1000).toFixed(1)} s (Ctrl-C stops)`;
}
