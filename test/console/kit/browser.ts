import { existsSync } from 'node:fs';
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect } from 'vitest';

const CANDIDATES = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];

/** The system's Chromium; `CHROMIUM` names another. */
const executable = process.env.CHROMIUM ?? CANDIDATES.find((path) => existsSync(path));

/** Whether browser tests are skipped: where there is no browser, but never in CI. */
export const withoutBrowser = executable === undefined && !process.env.CI;
if (withoutBrowser) {
  console.warn(
    'SKIPPED: browser tests of the console, as Chromium is not installed (apt-get install chromium)',
  );
}

const FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  // A foreign name that resolves to this machine.
  '--host-resolver-rules=MAP rebound.example 127.0.0.1',
];

/**
 * A browser for the tests of a file. Each page is new, and closed after its test. A test fails when its page logs an
 * error or violates its Content-Security-Policy, unless the error is expected.
 */
export function useBrowser() {
  let browser: Browser;
  const pages: Page[] = [];
  const errors: string[] = [];

  beforeAll(async () => {
    browser = await chromium.launch({ executablePath: executable ?? 'chromium', args: FLAGS });
  });
  afterAll(() => browser?.close());
  afterEach(async () => {
    await Promise.all(pages.splice(0).map((page) => page.context().close()));
    expect(errors.splice(0)).toEqual([]);
  });

  return async (options: BrowserContextOptions & { expectErrors?: boolean } = {}): Promise<Page> => {
    const { expectErrors = false, ...context } = options;
    const page = await (
      await browser.newContext({ viewport: { width: 1360, height: 900 }, ...context })
    ).newPage();
    // A busy machine is slow; a real failure still fails.
    page.setDefaultTimeout(100_000);
    pages.push(page);
    if (!expectErrors) {
      page.on('pageerror', (error) => errors.push(String(error)));
      page.on('console', (message) => message.type() === 'error' && errors.push(message.text()));
    }
    return page;
  };
}
