import { Client, type ClientOptions, InMemoryTransport } from '@modelcontextprotocol/client';
import { serveStdio } from '@modelcontextprotocol/server/stdio';
import { createServer, type McpOptions } from '../../../ops/mcp/server.ts';

/** A client that is connected to a server of its own, in this process. `close` ends both. */
export async function connectAgent(settings: McpOptions, options: ClientOptions = {}) {
  const client = new Client({ name: 'test', version: '1' }, options);
  const [ours, theirs] = InMemoryTransport.createLinkedPair();
  const handle = serveStdio(() => createServer(settings), { transport: ours });
  const call = async (name: string, args: Record<string, unknown> = {}) => {
    const { content, structuredContent, isError = false } = await client.callTool({ name, arguments: args });
    const text = content.map((block) => (block.type === 'text' ? block.text : '')).join('\n');
    return { isError, text, document: structuredContent as never };
  };
  return { client, call, connect: () => client.connect(theirs), close: () => handle.close() };
}
