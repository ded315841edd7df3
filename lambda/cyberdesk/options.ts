import { setTimeout as wait } from 'node:timers/promises';
import { HEADER_VALUE } from './api-key-form.ts';

/** How a client makes its calls. Everything has a default; tests replace clock, randomness and network. */
export interface ClientOptions {
  /**
   * URL of the API: https, or http on this machine.
   *
   * @default 'https://api.cyberdesk.io'
   */
  baseUrl?: string;
  /**
   * Timeout of one attempt including its whole response, in milliseconds.
   *
   * @default 10_000
   */
  timeoutMs?: number;
  /**
   * Timeout of a call with all its attempts and delays, in milliseconds.
   *
   * @default 30_000
   */
  totalMs?: number;
  /**
   * Largest response that is read, in bytes.
   *
   * @default - 32 MiB
   */
  maxAnswerBytes?: number;
  /**
   * Repeats a write within its call although it may have taken effect, relying on its idempotency key.
   *
   * @default true
   */
  repeatUnanswered?: boolean;
  /**
   * Sends a request.
   *
   * @default - the `fetch` of Node.js
   */
  fetch?: (url: string, init: RequestInit) => Promise<Response>;
  /**
   * Waits for some milliseconds; rejects early when the signal is aborted.
   *
   * @default - a timer of Node.js
   */
  sleep?: (ms: number, signal: AbortSignal | undefined) => Promise<void>;
  /**
   * Runs something after some milliseconds, unless the function that it returns is called before.
   *
   * @default - a timer of Node.js
   */
  after?: (ms: number, run: () => void) => () => void;
  /**
   * Epoch milliseconds.
   *
   * @default Date.now
   */
  now?: () => number;
  /**
   * Uniform in [0, 1).
   *
   * @default Math.random
   */
  random?: () => number;
}

export type Settings = Required<ClientOptions>;

export const withDefaults = ({ baseUrl, ...options }: ClientOptions): Settings => ({
  timeoutMs: 10_000,
  totalMs: 30_000,
  maxAnswerBytes: 32 * 1024 * 1024,
  repeatUnanswered: true,
  fetch: (url, init) => fetch(url, init),
  sleep: async (ms, signal) => void (await wait(ms, undefined, signal && { signal })),
  after(ms, run) {
    const timer = setTimeout(run, ms);
    return () => clearTimeout(timer);
  },
  now: Date.now,
  random: Math.random,
  ...options,
  baseUrl: checkBaseUrl(baseUrl ?? 'https://api.cyberdesk.io'),
});

/** A setting of the client is unusable. The message names the setting, not its value. */
export class InvalidClientSettingError extends Error {
  override readonly name = 'InvalidClientSettingError';
}

const THIS_MACHINE = /^(localhost|.+\.localhost|127(\.\d+){3}|\[::1\])$/;

/**
 * Checks the URL of the API.
 *
 * @returns The URL without a trailing slash.
 * @throws InvalidClientSettingError that says what to change.
 */
function checkBaseUrl(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (!url)
    throw new InvalidClientSettingError(
      'the base URL of Cyberdesk’s API is not a URL; use one like https://api.cyberdesk.io',
    );
  const encrypted =
    url.protocol === 'https:' || (url.protocol === 'http:' && THIS_MACHINE.test(url.hostname));
  if (!encrypted) {
    throw new InvalidClientSettingError(
      'the base URL of Cyberdesk’s API must start with https:// (http:// only on this machine), so that runs and the API key are encrypted',
    );
  }
  if (url.username || url.password || url.search || url.hash) {
    throw new InvalidClientSettingError(
      'the base URL of Cyberdesk’s API must not contain a user, password, query or fragment',
    );
  }
  return url.href.replace(/\/+$/, '');
}

/**
 * Trims a header value and checks that it is printable ASCII. Without this check the platform's error would quote
 * the value, and with it a key.
 *
 * @param what The name of the value in the error.
 * @throws InvalidClientSettingError
 */
export function checkHeader(value: string, what: string): string {
  const trimmed = value.trim();
  if (!HEADER_VALUE.test(trimmed))
    throw new InvalidClientSettingError(`${what} must be non-empty printable ASCII without spaces`);
  return trimmed;
}
