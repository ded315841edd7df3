import { chmod, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type Console, startConsole } from '../../ops/console/server.ts';
import type { Stage } from '../../ops/stage/stage.ts';
import { waitFor } from '../e2e/kit/wait.ts';
import { useBrowser, withoutBrowser } from './kit/browser.ts';

const stage = {
  name: 'dev',
  stackName: 'CyberdeskWebhooks-dev',
  region: 'eu-west-1',
  outputs: { cyberdeskApiUrl: 'https://api.cyberdesk.io' },
} as Stage;

// Other systems use a different program.
describe.skipIf(process.platform !== 'linux')('opening the browser', () => {
  let directory: string;
  let served: Console;

  /** A desktop whose opener records its arguments. */
  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'desktop-'));
    const opener = join(directory, 'xdg-open');
    await writeFile(
      opener,
      `#!/bin/sh\necho "$@" > '${directory}/part'\nmv '${directory}/part' '${directory}/said'\n`,
    );
    await chmod(opener, 0o755);
    vi.stubEnv('PATH', `${directory}${delimiter}${process.env.PATH}`);
    served = await startConsole({ stage, port: 0, open: true });
  });
  afterEach(async () => {
    await served.close();
    vi.unstubAllEnvs();
    await rm(directory, { recursive: true });
  });

  const said = () =>
    waitFor('the browser to be opened', async () =>
      (await readFile(join(directory, 'said'), 'utf8').catch(() => '')).trim(),
    );
  const tokenOf = ({ link }: Console) => new URL(link).hash.replace('#token=', '');
  const modeOf = async (path: string) => (await stat(path)).mode & 0o777;

  it('the token of the console is not an argument of the browser, but in a file that only this user can read', async () => {
    const url = await said();
    expect(url).toMatch(/^file:\/\/\/\S+$/);
    expect(url).not.toContain(tokenOf(served));
    const file = fileURLToPath(url);
    expect([await modeOf(file), await modeOf(dirname(file))]).toEqual([0o600, 0o700]);
    expect(await readFile(file, 'utf8')).toContain(served.link);
  });

  it('closing the console removes the file with its token', async () => {
    const file = fileURLToPath(await said());
    await served.close();
    await expect(stat(dirname(file))).rejects.toThrow(/ENOENT/);
  });

  describe.skipIf(withoutBrowser)('in a browser', () => {
    const open = useBrowser();

    it('the file with the token leads to the console page, which has its token', async () => {
      // There is nothing behind this stage, so its lists stay empty.
      const page = await open({ expectErrors: true });
      await page.goto(await said());
      await page.locator('#stage').getByText('dev', { exact: true }).waitFor();
      expect(page.url()).toBe(`${served.url}/`);
    });
  });
});
