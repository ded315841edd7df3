import { expect, it, onTestFinished } from 'vitest';
import { startCyberdesk } from '../../local/cyberdesk.ts';
import { startCyberdeskApi } from '../../local/cyberdesk-api/server.ts';
import { Kept } from '../../local/state/kept.ts';

/** Starts the API as a run does, and ends it. @returns its URL */
async function urlOfRun(kept: Kept): Promise<string> {
  const { url, fake } = await startCyberdesk({}, 'key', kept);
  await fake?.close();
  return url;
}

it('the fake API is at the same URL after a restart, as it has been printed', async () => {
  const kept = new Kept(':memory:');
  const first = await urlOfRun(kept);

  expect(await urlOfRun(kept)).toBe(first);
});

it('the fake API moves to another port when its own was taken in the meantime', async () => {
  const kept = new Kept(':memory:');
  const first = await urlOfRun(kept);
  const other = await startCyberdeskApi({ port: Number(new URL(first).port) });
  onTestFinished(() => other.close());

  expect(await urlOfRun(kept)).not.toBe(first);
});
