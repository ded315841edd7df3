import type { IncomingMessage } from 'node:http';

/**
 * Whether a request addresses this machine by a loopback name. Any other name in `Host` means that a foreign DNS
 * entry resolves to 127.0.0.1 (DNS rebinding).
 */
export const isLoopbackHost = ({ headers }: IncomingMessage): boolean =>
  /^(127\.0\.0\.1|localhost|\[::1\])(:\d{1,5})?$/i.test(headers.host ?? '');

/** Whether `Origin`, where a browser sends one, is this server itself. */
export const isSameOrigin = ({ headers: { host = '', origin } }: IncomingMessage): boolean =>
  origin === undefined || origin.toLowerCase() === `http://${host.toLowerCase()}`;

/** Whether a request comes from a program on this machine or from our own pages, and not from another website. */
export function isOwnRequest(request: IncomingMessage): boolean {
  const site = request.headers['sec-fetch-site'];
  if (!isLoopbackHost(request) || !isSameOrigin(request)) return false;
  return site === undefined || site === 'same-origin' || site === 'none';
}
