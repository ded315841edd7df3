import { type Command, InvalidArgumentError } from 'commander';
import { type Context, EXIT, runs, verb } from '../cli/command.ts';
import { showJson } from '../cli/show.ts';

/** `console` */
export function consoleCommand(context: Context): Command {
  const command = verb('console', 'serves the web page of a stage on this machine', [
    'console --stage dev',
    'console --stage prod --port 9000 --no-open',
  ])
    .option('--port <port>', 'port on 127.0.0.1; a free one where none is given and 8788 is taken', port)
    .option('--no-open', 'do not open a browser');
  return runs<{ port?: number; open: boolean }>(context, command, async ({ io, stage, options }) => {
    // Only this verb needs the page's parts.
    const { startConsole } = await import('../console/server.ts');
    const open = options.open && io.isTerminal;
    const page = await startConsole({
      stage,
      open,
      ...(options.port !== undefined && { port: options.port }),
    });
    if (options.json) showJson(io, { url: page.url, link: page.link });
    else io.out(`console of ${stage.stackName}: ${page.link}\nCtrl-C ends it.\n`);
    await new Promise<void>((resolve) => {
      process.once('SIGINT', resolve);
      process.once('SIGTERM', resolve);
    });
    await page.close();
    return EXIT.ok;
  });
}

function port(text: string): number {
  const value = Number(text);
  if (!/^\d{1,5}$/.test(text) || value > 65_535) throw new InvalidArgumentError('Give a port, 0 to 65535.');
  return value;
}
