/** The page's calls to its server. Each carries the token; a failure is one line of text. */

const KEY = 'console-token';

/** A call failed; the message is fit to be shown. */
export class CallError extends Error {
  /** @param {string} message @param {number} status HTTP status; 0 without a response */
  constructor(message, status) {
    super(message);
    this.status = status;
  }
}

const token = readToken();

export const hasToken = token !== '';

/** From the page if the server has put it there, else from the link's `#`: kept for reloads, removed from the address. */
function readToken() {
  const given = document.querySelector('meta[name="console-token"]')?.getAttribute('content') ?? '';
  if (given !== '') return given;
  const [, linked] = /^#token=([\w-]+)$/.exec(location.hash) ?? [];
  if (linked) {
    localStorage.setItem(KEY, linked);
    history.replaceState(null, '', location.pathname + location.search);
  }
  return linked ?? localStorage.getItem(KEY) ?? '';
}

/** @param {string} path below `/console/api/` @param {RequestInit} [init] */
async function call(path, init = {}) {
  /** @type {Response} */
  let response;
  try {
    response = await fetch(`/console/api/${path}`, {
      ...init,
      cache: 'no-store',
      headers: { 'x-console-token': token, ...init.headers },
    });
  } catch {
    throw new CallError('The console’s server is not responding. Is it still running?', 0);
  }
  if (response.ok || response.status === 304) return response;
  const failure = await response.json().catch(() => ({}));
  throw new CallError(
    failure.message ?? `The server responded with status ${response.status}.`,
    response.status,
  );
}

/** @param {string} path @param {AbortSignal} [signal] @returns {Promise<any>} */
export async function get(path, signal) {
  return (await call(path, signal ? { signal } : {})).json();
}

/** @param {string} path */
export async function getText(path) {
  return (await call(path)).text();
}

/**
 * Requests a value unless it is unchanged.
 * @param {string} path
 * @param {string} etag of the value that the page has already
 * @returns {Promise<{ etag: string, value: any } | undefined>} undefined when nothing has changed
 */
export async function getChanged(path, etag) {
  const response = await call(path, etag ? { headers: { 'if-none-match': etag } } : {});
  if (response.status === 304) return undefined;
  return { etag: response.headers.get('etag') ?? '', value: await response.json() };
}

/** @param {string} path @param {object} body @param {AbortSignal} [signal] */
function send(path, body, signal) {
  const headers = { 'content-type': 'application/json' };
  return call(path, { method: 'POST', headers, body: JSON.stringify(body), ...(signal && { signal }) });
}

/** @param {string} path @param {object} body @returns {Promise<any>} */
export async function post(path, body) {
  return (await send(path, body)).json();
}

/**
 * JSON lines, each as soon as it arrives.
 * @param {string} path @param {object} body @param {AbortSignal} [signal] ends the work between two steps
 * @returns {AsyncGenerator<any>}
 */
export async function* postForLines(path, body, signal) {
  const response = await send(path, body, signal);
  let rest = '';
  const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
  for (let part = await reader?.read(); part && !part.done; part = await reader?.read()) {
    const lines = (rest + part.value).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) yield JSON.parse(line);
  }
}
