import { once } from 'node:events';
import { InvalidArgumentError } from 'commander';
import { EXIT, type ExitCode, type StageCall, stageVerb } from '../cli/command.ts';
import { showResult } from '../cli/show.ts';

export const consoleCommand = stageVerb({
  name: 'console',
  description: "serves a stage's web console on this machine",
  examples: ['console --stage dev', 'console --stage prod --port 9000 --no-open'],
  options: (command) =>
    command
      .option('--port <port>', 'port on 127.0.0.1 (default: 8788, or a free one if that is taken)', port)
      .option('--no-open', 'do not open a browser'),
  run: serve,
});

async function serve(call: StageCall<{ port?: number; open: boolean }>): Promise<ExitCode> {
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
  await Promise.race([once(process, 'SIGINT'), once(process, 'SIGTERM')]);
  await page.close();
  return EXIT.ok;
}

function port(text: string): number {
  const value = Number(text);
  if (!/^\d{1,5}$/.test(text) || value > 65_535) throw new InvalidArgumentError('Give a port, 0 to 65535.');
  return value;
}
