import { once } from 'node:events';
import { performance } from 'node:perf_hooks';
import { mountConsole } from '../../ops/console/mount.ts';
import { commandLine, localTarget } from '../../ops/stage/command-line.ts';
import { startLocal } from '../run.ts';
import { sendOnce } from './once.ts';
import { readSettings } from './settings.ts';

/** What the command line asks for. */
export interface ServeOptions {
  /** Send one event, follow it, and end. */
  readonly once: boolean;
  /** Print the functions' logs. */
  readonly logs: boolean;
}

/**
 * Runs until it is told to stop, or for one event.
 * @returns the exit code
 * @throws OperatorError
 */
export async function serve(options: ServeOptions, env: NodeJS.ProcessEnv): Promise<number> {
  const settings = readSettings(env);
  const stopped = Promise.race([once(process, 'SIGINT'), once(process, 'SIGTERM')]);
  // One event needs no port that others know.
  const port = options.once && env.PORT === undefined ? 0 : settings.port;
  const run = await startLocal({ ...settings, ...(port !== undefined && { port }) });
  run.use(mountConsole(run.url));
  try {
    if (options.logs) run.logs.on('line', (line) => console.log(`[${line.function}] ${line.text}`));
    else run.logs.on('line', (line) => line.function === 'local' && console.error(line.text));
    if (options.once) return await sendOnce(run, console.log);
    const took = (performance.now() / 1000).toFixed(1);
    console.log(`
  ${run.stack.name}, ${run.cached ? 'as synthesized before' : 'synthesized anew'}

  Webhooks         ${run.webhookUrl}
  Signing secret   ${run.secret}
  Cyberdesk API    ${run.cyberdeskUrl}${run.fake ? ' (a fake one)' : ''}
  Console          ${run.url}/
  Events           ${run.url}/_local/events

  Send an event:   ${commandLine(localTarget(run.url), ['send'])}

ready after ${took} s (Ctrl-C stops)`);
    await stopped;
    return 0;
  } finally {
    await run.stop();
  }
}
