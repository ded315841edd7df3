import { setTimeout as wait } from 'node:timers/promises';

/** How a client calls. All of it has defaults; tests replace the world's parts. */
export interface ClientOptions {
  /** Where the API is: https, or http on this machine. Default `https://api.cyberdesk.io`. */
  baseUrl?: string;
  /** Longest time for one attempt with its whole answer, in milliseconds. Default 10 000. */
  timeoutMs?: number;
  /** Longest time for a call with all its attempts and waits, in milliseconds. Default 30 000. */
  totalMs?: number;
  /** Largest answer that is read, in bytes. Default 32 MiB. */
  maxAnswerBytes?: number;
  fetch?: (url: string, init: RequestInit) => Promise<Response>;
  /** Waits; ends early, by a rejection, when the signal says so. Milliseconds. */
  sleep?: (ms: number, signal: AbortSignal | undefined) => Promise<void>;
  /** Epoch milliseconds. */
  now?: () => number;
  /** Uniform in [0, 1). */
  random?: () => number;
}

export type Settings = Required<ClientOptions>;

export const withDefaults = ({ baseUrl, ...options }: ClientOptions): Settings => ({
  timeoutMs: 10_000,
  totalMs: 30_000,
  maxAnswerBytes: 32 * 1024 * 1024,
  fetch: (url, init) => fetch(url, init),
  sleep: async (ms, signal) => void (await wait(ms, undefined, signal && { signal })),
  now: Date.now,
  random: Math.random,
  ...options,
  baseUrl: checkBaseUrl(baseUrl ?? 'https://api.cyberdesk.io'),
});

/** A client cannot be made of what it was given. The message names the setting, not its value. */
export class InvalidClientSetting extends Error {
  override readonly name = 'InvalidClientSetting';
}

const THIS_MACHINE = /^(localhost|.+\.localhost|127(\.\d+){3}|\[::1\])$/;

/**
 * Checks where the API is said to be.
 *
 * @returns The URL without a slash at its end.
 * @throws InvalidClientSetting with the remedy.
 */
export function checkBaseUrl(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (!url)
    throw new InvalidClientSetting(
      'the base URL of Cyberdesk’s API is not a URL; give one like https://api.cyberdesk.io',
    );
  const encrypted =
    url.protocol === 'https:' || (url.protocol === 'http:' && THIS_MACHINE.test(url.hostname));
  if (!encrypted) {
    throw new InvalidClientSetting(
      'the base URL of Cyberdesk’s API must start with https:// (http:// only on this machine): runs and the API key must not travel in the open',
    );
  }
  if (url.username || url.password || url.search || url.hash) {
    throw new InvalidClientSetting(
      'the base URL of Cyberdesk’s API must hold no user, password, query or fragment',
    );
  }
  return url.href.replace(/\/+$/, '');
}

const HEADER_VALUE = /^[\x21-\x7e]+$/;

/**
 * A header of printable ASCII. Without this check the platform's error would quote the value, and so a key.
 *
 * @param what Names the value in the error.
 */
export function checkHeader(value: string, what: string): string {
  const trimmed = value.trim();
  if (!HEADER_VALUE.test(trimmed))
    throw new InvalidClientSetting(`${what} must be printable ASCII without spaces, and not empty`);
  return trimmed;
}
