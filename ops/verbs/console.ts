import { type Command, InvalidArgumentError } from 'commander';
import { type Context, EXIT, runs, verb } from '../cli/command.ts';
import type { Stage } from '../stage/stage.ts';

/** What `ops/console/server.ts` offers. */
interface ConsoleModule {
  startConsole(options: {
    stage: Stage;
    port: number;
    open: boolean;
  }): Promise<{ url: string; closed?: Promise<void> }>;
}

/** `console` */
export function consoleCommand(context: Context): Command {
  const command = verb('console', 'serves the web page of a stage on this machine', [
    'console --stage dev',
    'console --stage prod --port 9000 --no-open',
  ])
    .option('--port <port>', 'port on 127.0.0.1 (0: any)', port, 0)
    .option('--no-open', 'do not open a browser');
  return runs<{ port: number; open: boolean }>(context, command, async ({ io, stage, options }) => {
    const { startConsole } = (await import('../console/server.ts')) as unknown as ConsoleModule;
    const { url } = await startConsole({ stage, port: options.port, open: options.open && io.isTerminal });
    io.out(`console of ${stage.stackName}: ${url}\nCtrl-C ends it.\n`);
    await new Promise<void>((resolve) => {
      process.once('SIGINT', resolve);
      process.once('SIGTERM', resolve);
    });
    return EXIT.ok;
  });
}

function port(text: string): number {
  const value = Number(text);
  if (!/^\d{1,5}$/.test(text) || value > 65_535) throw new InvalidArgumentError('Give a port, 0 to 65535.');
  return value;
}
