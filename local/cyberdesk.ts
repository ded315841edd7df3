import { request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import type { CyberdeskApi } from './cyberdesk-api/server.ts';
import { CyberdeskUnreachableError, InvalidSettingError } from './errors.ts';
import type { LocalOptions } from './options.ts';

/** How long an API has to answer, in milliseconds. */
const PATIENCE_MS = 5000;

/** The API that follow-up runs are started at. */
export interface Cyberdesk {
  readonly url: string;
  /** The fake one, unless another is used. */
  readonly fake: CyberdeskApi | undefined;
  close(): Promise<void>;
}

/**
 * Starts the fake API, or makes sure that the given one answers.
 * @throws CyberdeskUnreachableError
 */
export async function startCyberdesk(options: LocalOptions, apiKey: string | null): Promise<Cyberdesk> {
  if (options.cyberdeskApiUrl !== undefined) {
    await reach(options.cyberdeskApiUrl);
    return { url: options.cyberdeskApiUrl, fake: undefined, close: async () => {} };
  }
  const { startCyberdeskApi } = await import('./cyberdesk-api/server.ts');
  const fake = await startCyberdeskApi({ ...(apiKey !== null && { apiKey }), ...options.fake });
  return { url: fake.url, fake, close: () => fake.close() };
}

/** Any answer will do: what the API says to a stranger is its own affair. */
async function reach(text: string): Promise<void> {
  if (!/^https?:\/\//.test(text) || !URL.canParse(text)) {
    throw new InvalidSettingError(
      `CYBERDESK_API_URL "${text}" is no http or https URL: correct it, or unset it to use the fake API.`,
    );
  }
  const url = new URL(text);
  const request = url.protocol === 'https:' ? httpsRequest : httpRequest;
  await new Promise<void>((resolve, reject) => {
    const sent = request(url, { method: 'HEAD', timeout: PATIENCE_MS }, (response) => {
      response.destroy();
      resolve();
    });
    sent.on('timeout', () => sent.destroy(new Error(`no answer within ${PATIENCE_MS / 1000} seconds`)));
    sent.on('error', (error: NodeJS.ErrnoException) => {
      const why = error.code ?? error.message;
      const message = `CYBERDESK_API_URL ${text} cannot be reached (${why}): start what should answer there, or unset it to use the fake API.`;
      reject(new CyberdeskUnreachableError(message, { cause: error }));
    });
    sent.end();
  });
}
