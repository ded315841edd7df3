import type {
  CallToolResult,
  ClientCapabilities,
  InputRequiredResult,
  McpServer,
  ServerContext,
} from '@modelcontextprotocol/server';
import { sha256 } from '../../lambda/core/model/index.ts';
import { failed } from './result.ts';

/** The library, as it was loaded. */
export type Library = typeof import('@modelcontextprotocol/server');

/** A change that an agent wants. */
export interface Change {
  /** What the verb does. */
  readonly what: string;
  /** The command that a person can type instead. */
  readonly command: string;
}

/**
 * Asks the person at the client whether a change may be made.
 *
 * @returns what to answer the agent with instead; undefined once the person has agreed to exactly this command
 */
export function askPerson(
  library: Library,
  { server }: McpServer,
  { what, command }: Change,
  { mcpReq }: ServerContext,
): CallToolResult | InputRequiredResult | undefined {
  if (!canAsk(capabilitiesOf(library, server, mcpReq)))
    return failed(`nothing was done: this client cannot ask its person. A person can type: ${command}`);
  // An agreement is about one command: with other arguments the question has another key.
  const key = `agree-${sha256(command).slice(0, 16)}`;
  const view = library.inputResponse(mcpReq.inputResponses, key);
  if (view.kind === 'missing')
    return library.inputRequired({
      inputRequests: {
        [key]: library.inputRequired.elicit({ message: `${what}\n\n${command}`, requestedSchema }),
      },
    });
  if (view.kind === 'elicit' && view.action === 'accept' && view.content?.agree === true) return undefined;
  return failed(`nothing was done: the person did not agree. A person can type: ${command}`);
}

const requestedSchema = {
  type: 'object' as const,
  properties: {
    agree: { type: 'boolean' as const, title: 'Make this change', default: false },
  },
  required: ['agree'],
};

/** Each request says what its client can do; before 2026, a client said so once. */
function capabilitiesOf(
  { CLIENT_CAPABILITIES_META_KEY }: Library,
  server: McpServer['server'],
  { envelope = {} }: ServerContext['mcpReq'],
): ClientCapabilities | undefined {
  // The type of the envelope that the library publishes has no members.
  return Reflect.get(envelope, CLIENT_CAPABILITIES_META_KEY) ?? server.getClientCapabilities();
}

/** By a form; a client that says no more than that it asks has forms. */
function canAsk(capabilities: ClientCapabilities | undefined): boolean {
  const asks = capabilities?.elicitation;
  return asks !== undefined && (asks.form !== undefined || asks.url === undefined);
}
