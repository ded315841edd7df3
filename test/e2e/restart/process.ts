import { writeFileSync } from 'node:fs';
import { startLocal } from '../../../local/run.ts';
import { TEST_APP } from '../../support/test-app.ts';
import type { Address } from './address.ts';

/**
 * A local run in a process of its own, which a test may kill. Its first argument is the folder of its state, the second a
 * file with the clock of its functions. Each message is a number of milliseconds that pass, unless something is at work.
 */
const [, , folder = '', clock = ''] = process.argv;
const later = new URL('../walk/later.mjs', import.meta.url).href;
let ahead = 0;
const run = await startLocal({
  app: TEST_APP,
  keep: { folder },
  environment: {
    NODE_OPTIONS: `--enable-source-maps --import=${later}?clock=${encodeURIComponent(clock)}`,
  },
  fake: { now: () => Date.now() + ahead },
});
process.on('message', async (ms: number) => {
  if (run.isBusy()) return;
  ahead += ms;
  writeFileSync(clock, String(ahead));
  await run.hurry();
});
const address: Address = {
  url: run.url,
  webhookUrl: run.webhookUrl,
  secret: String(run.secret),
  cyberdeskUrl: run.cyberdeskUrl,
};
process.send?.(address);
