import { certificateFault } from '../ops/stage/faults.ts';
import { EXAMPLE_WORKFLOWS } from './cyberdesk-api/examples.ts';
import type { CyberdeskApi } from './cyberdesk-api/server.ts';
import { CyberdeskUnreachableError, InvalidSettingError, reasonOf } from './errors.ts';
import type { LocalOptions } from './options.ts';
import type { Kept } from './state/kept.ts';
import { KeptMap } from './state/kept-map.ts';

const TIMEOUT_MS = 5000;

/** The API that follow-up runs are started at: the fake one, unless another is used. */
export type Cyberdesk = Readonly<{ url: string; fake: CyberdeskApi | undefined }>;

/**
 * Starts the fake API, or checks that the given one answers.
 * @param kept where the fake API keeps its runs
 * @throws InvalidSettingError, CyberdeskUnreachableError
 */
export async function startCyberdesk(
  options: LocalOptions,
  apiKey: string | null,
  kept: Kept | undefined,
): Promise<Cyberdesk> {
  if (options.cyberdeskApiUrl !== undefined) {
    await reach(options.cyberdeskApiUrl);
    return { url: options.cyberdeskApiUrl, fake: undefined };
  }
  const { startCyberdeskApi } = await import('./cyberdesk-api/server.ts');
  const settings = {
    workflows: EXAMPLE_WORKFLOWS,
    ...(apiKey !== null && { apiKey }),
    ...options.fake,
    kept,
  };
  const ports = new KeptMap<number>(kept, 'ports');
  // Where it was last time, as its URL has been printed, unless something else is there now.
  const fake = await startCyberdeskApi({ ...settings, port: ports.get('fake') ?? 0 }).catch(() =>
    startCyberdeskApi(settings),
  );
  ports.set('fake', Number(new URL(fake.url).port));
  return { url: fake.url, fake };
}

/** Any response will do, whatever its status. */
async function reach(url: string): Promise<void> {
  if (!/^https?:\/\//.test(url) || !URL.canParse(url)) {
    throw new InvalidSettingError(`CYBERDESK_API_URL "${url}" is not an http or https URL`, {
      next: 'correct it, or unset it to use the fake API',
    });
  }
  const init: RequestInit = { method: 'HEAD', redirect: 'manual', signal: AbortSignal.timeout(TIMEOUT_MS) };
  await fetch(url, init).catch((error: Error) => {
    const { problem, next } = certificateFault(error) ?? {
      problem: reasonOf(error),
      next: 'start the API there, or unset the variable to use the fake API',
    };
    throw new CyberdeskUnreachableError(`CYBERDESK_API_URL ${url} cannot be reached (${problem})`, {
      next,
      cause: error,
    });
  });
}
