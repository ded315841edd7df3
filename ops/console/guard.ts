import { timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';

/** Header that carries the token of this start on every call of the page. */
export const TOKEN_HEADER = 'x-console-token';

/** What is asked for: the document, a file that it loads, or data. */
export type Wanted = 'page' | 'file' | 'data';

/**
 * Why a request gets nothing, or undefined where it may pass.
 *
 * The server listens on loopback alone, but a browser carries other sites' requests there: by a name that resolves
 * to 127.0.0.1 (so the host must be loopback by name), by a plain cross-site request (so it must be of the same
 * origin), and from programs of this machine's other users (so data needs the token).
 */
export function refusal(request: IncomingMessage, wanted: Wanted, token: string): string | undefined {
  const { host = '', origin, 'sec-fetch-site': site, [TOKEN_HEADER]: given } = request.headers;
  if (!isLoopback(host)) return 'The console answers to 127.0.0.1 and localhost only.';
  if (origin !== undefined && origin.toLowerCase() !== `http://${host.toLowerCase()}`) return foreign;
  if (site !== undefined && site !== 'same-origin' && site !== 'none') {
    // A link from elsewhere may open the page; that page can neither read it nor frame it.
    if (!(wanted === 'page' && isNavigation(request))) return foreign;
  }
  if (wanted === 'data' && !isSame(given, token)) {
    return 'The token is missing or of an earlier start: open the link that the command printed, or reload the page.';
  }
  return undefined;
}

const foreign = 'Requests of other sites are refused.';

const isLoopback = (host: string): boolean => /^(127\.0\.0\.1|localhost|\[::1\])(:\d{1,5})?$/i.test(host);

const isNavigation = ({ headers }: IncomingMessage): boolean =>
  headers['sec-fetch-mode'] === 'navigate' && headers['sec-fetch-dest'] === 'document';

function isSame(given: string | string[] | undefined, token: string): boolean {
  const [mine, theirs] = [Buffer.from(token), Buffer.from(String(given ?? ''))];
  return mine.length === theirs.length && timingSafeEqual(mine, theirs);
}
