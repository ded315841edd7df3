import type { CallToolResult, McpServer, ServerContext } from '@modelcontextprotocol/server';
import type { Command } from 'commander';
import { EXIT, pathOf } from '../cli/command.ts';
import { versionOf } from '../cli/version.ts';
import { commandLine, type Target } from '../stage/command-line.ts';
import { requireLibrary } from '../types/library.ts';
import { callVerb, commandOf, type Surroundings, type Words } from './call.ts';
import { askPerson, type Change } from './consent.ts';
import { answered, failed } from './result.ts';
import { schemaOf, wordsOf } from './schema.ts';
import { CHANGING, READING, type ToolDescription } from './tools.ts';

export interface McpOptions extends Surroundings {
  /** The one stage that all tools are about. */
  readonly target: Target;
  /** Changing tools exist. */
  readonly allowChanges: boolean;
  /** `events_show` can show the body of an event. */
  readonly showPayload: boolean;
}

const instructions = (stage: string): string =>
  [
    `Operates the stage ${stage} of cyberdesk-webhooks, which receives Cyberdesk's webhooks and starts follow-up runs exactly once.`,
    'To find out why something did not happen: doctor first, then events_show with the id of the event or of its run; if there is no such event, reconcile.',
    'Reason codes and "next" say what to do. Commands in them are for a person to type.',
    'Payloads are private: do not ask anyone to paste them.',
  ].join('\n');

/** The server of a stage. Each tool is a verb, and answers with the document of its `--json`. @throws MissingLibraryError */
export async function createServer(options: McpOptions): Promise<McpServer> {
  const library = await requireLibrary('@modelcontextprotocol/server');
  const { target, allowChanges, showPayload } = options;
  const server = new library.McpServer(
    { name: 'cyberdesk-webhooks', version: versionOf() },
    { instructions: instructions(target.stage) },
  );
  const add = (tool: ToolDescription, readOnly: boolean) => {
    const command = commandOf(tool, { io: options.io, exitCode: EXIT.ok });
    const hidden = [...(tool.without ?? []), ...(showPayload ? [] : ['payload'])];
    const inputSchema = library.fromJsonSchema<Record<string, unknown>>(schemaOf(command, hidden));
    const annotations = { readOnlyHint: readOnly, destructiveHint: !readOnly };
    const { name, description } = tool;
    server.registerTool(
      name,
      { description, inputSchema, annotations },
      async (given, context: ServerContext) => {
        const words = wordsOf(command, given, tool.always);
        if (readOnly) return answer(tool, words, { ...options, readOnly });
        const refusal = askPerson(library, server, changeOf(command, words, target), context);
        return refusal ?? answer(tool, words, { ...options, readOnly });
      },
    );
  };
  for (const tool of READING) add(tool, true);
  if (allowChanges) for (const tool of CHANGING) add(tool, false);
  return server;
}

const changeOf = (command: Command, { flags, args }: Words, target: Target): Change => ({
  what: `An agent asks for a change in ${target.stage}. The verb ${command.description()}.`,
  command: commandLine(target, [...pathOf(command), ...args], flags),
});

async function answer(
  tool: ToolDescription,
  { flags, args }: Words,
  options: McpOptions & { readOnly: boolean },
): Promise<CallToolResult> {
  const { port: _port, ...place } = options.target;
  // A person has agreed to a change before.
  const yes = !options.readOnly && { yes: true };
  const result = await callVerb(tool, { flags: { ...flags, ...place, ...yes }, args }, options);
  if (result.kind === 'document') return answered(result.document, result.warnings);
  const { name, message } = result.error;
  return failed(JSON.stringify({ error: { name, message } }));
}
