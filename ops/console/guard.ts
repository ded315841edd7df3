import { timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { isLoopbackHost, isSameOrigin } from '../http/index.ts';

/** Header that carries this start's token on every call that the page makes. */
const TOKEN_HEADER = 'x-console-token';

/** What is requested: the document, a file that it loads, or data. */
export type Wanted = 'page' | 'file' | 'data';

const FOREIGN = 'requests from other websites are refused';

/**
 * The reason for refusing a request, or undefined where it may pass.
 *
 * The server listens on loopback alone, but a browser carries other websites' requests there: under a name that
 * resolves to 127.0.0.1 (so the host must be a loopback name) or as a plain cross-site request (so it must have the
 * same origin). Programs of other users of this machine can reach it too, so data requires the token.
 */
export function refusal(request: IncomingMessage, wanted: Wanted, token: string): string | undefined {
  const { 'sec-fetch-site': site, [TOKEN_HEADER]: given } = request.headers;
  if (!isLoopbackHost(request)) return 'the console answers only at 127.0.0.1 and localhost';
  if (!isSameOrigin(request)) return FOREIGN;
  if (site !== undefined && site !== 'same-origin' && site !== 'none') {
    // A link on another website may open the page; that website can neither read nor frame it.
    if (!(wanted === 'page' && isNavigation(request))) return FOREIGN;
  }
  if (wanted === 'data' && !isSame(given, token))
    return 'the token is missing or expired: open the link that the command printed, or reload the page';
  return undefined;
}

const isNavigation = ({ headers }: IncomingMessage): boolean =>
  headers['sec-fetch-mode'] === 'navigate' && headers['sec-fetch-dest'] === 'document';

function isSame(given: string | string[] | undefined, token: string): boolean {
  const [expected, actual] = [Buffer.from(token), Buffer.from(String(given ?? ''))];
  return expected.length === actual.length && timingSafeEqual(expected, actual);
}
