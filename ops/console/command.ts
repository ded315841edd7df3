import { type Command, InvalidArgumentError } from 'commander';
import { type Context, EXIT, type ExitCode, type StageCall, verb, withStage } from '../cli/command.ts';
import { showResult } from '../cli/show.ts';

interface ConsoleOptions {
  port?: number;
  open: boolean;
}

/** `console` */
export function consoleCommand(context: Context): Command {
  const command = verb('console', 'serves the web page of a stage on this machine', [
    'console --stage dev',
    'console --stage prod --port 9000 --no-open',
  ])
    .option('--port <port>', 'port on 127.0.0.1 (default: 8788, or a free one if that is taken)', port)
    .option('--no-open', 'do not open a browser');
  return withStage<ConsoleOptions>(context, command, serve);
}

async function serve(call: StageCall<ConsoleOptions>): Promise<ExitCode> {
  const { io, stage, options } = call;
  // Only this verb needs the parts of the page.
  const { startConsole } = await import('./server.ts');
  const page = await startConsole({
    stage,
    open: options.open && io.isTerminal,
    ...(options.port !== undefined && { port: options.port }),
  });
  const { url, link } = page;
  showResult(call, { url, link }, () => io.out(`console of ${stage.stackName}: ${link}\nCtrl-C ends it.\n`));
  await new Promise<void>((resolve) => {
    process.once('SIGINT', resolve);
    process.once('SIGTERM', resolve);
  });
  await page.close();
  return EXIT.ok;
}

function port(text: string): number {
  const value = Number(text);
  if (!/^\d{1,5}$/.test(text) || value > 65_535) throw new InvalidArgumentError('Give a port, 0 to 65535.');
  return value;
}
