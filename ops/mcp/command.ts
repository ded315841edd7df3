import { once } from 'node:events';
import { type Call, EXIT, type ExitCode, verb } from '../cli/command.ts';
import { localTarget, targetOf } from '../stage/command-line.ts';
import { localUrl } from '../stage/local.ts';
import { requireLibrary } from '../types/library.ts';

interface McpOptions {
  allowChanges?: boolean;
  payload?: boolean;
}

export const mcpCommand = verb<McpOptions>({
  name: 'mcp',
  description:
    'serves the verbs to an agent, as a Model Context Protocol server on standard input and output',
  examples: ['mcp --stage dev', 'mcp --stage prod --allow-changes'],
  options: (command) =>
    command
      .option('--allow-changes', 'also verbs that change the stage; a person is asked each time')
      .option('--payload', 'the agent may read bodies of events, which may hold private data'),
  run: serve,
});

/** Until the client closes standard input, or Ctrl-C. */
async function serve(call: Call<McpOptions>): Promise<ExitCode> {
  const { io, connect, find, options } = call;
  const { StdioServerTransport, serveStdio } = await requireLibrary('@modelcontextprotocol/server/stdio');
  // Only this verb needs it.
  const { createServer } = await import('./server.ts');
  const target = options.stage === 'local' ? localTarget(localUrl()) : targetOf(options);
  const settings = { allowChanges: options.allowChanges ?? false, showPayload: options.payload ?? false };
  if (io.input.isTTY)
    io.err('A client starts this server and speaks to it on standard input. Ctrl-C ends it.\n');
  const transport = new StdioServerTransport(io.input, process.stdout);
  const handle = serveStdio(() => createServer({ io, connect, find, target, ...settings }), { transport });
  await Promise.race([once(io.input, 'close'), once(process, 'SIGINT'), once(process, 'SIGTERM')]);
  await handle.close();
  return EXIT.ok;
}
