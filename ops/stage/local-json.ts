import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { SECOND } from '../../lambda/core/model/index.ts';

// Neither an import nor `fetch`: both load the library behind `fetch`, which is a tenth of what a short verb takes.
const { get } = process.getBuiltinModule('node:http');

/**
 * What the local run answers at an address, with whatever status; undefined unless it is JSON.
 *
 * @param timeout milliseconds
 * @throws if there is no answer in time
 */
export async function getLocalJson(url: string, timeout = 5 * SECOND): Promise<unknown> {
  const request = get(url, { signal: AbortSignal.timeout(timeout) });
  const [response]: IncomingMessage[] = await once(request, 'response');
  let text = '';
  for await (const part of response?.setEncoding('utf8') ?? []) text += part;
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
