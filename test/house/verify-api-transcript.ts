import { SECOND } from '../../lambda/core/model/index.ts';
import { startCyberdeskApi } from '../../local/cyberdesk-api/server.ts';
import { setApiKey } from '../../ops/secrets/set.ts';
import { run } from '../ops/support/command.ts';
import { startEmulators } from '../ops/support/emulators.ts';
import { createStage } from '../ops/support/stage.ts';

const CALL = 'verify-api --workflow 7d3f0a52-6c1e-4b8a-9f27-3e5d8c1b4a60 --correlate started_by';

/** What `verify-api` prints of an API that meets every assumption. In this process: its clock skips the 70 seconds. */
export async function recordVerifyApi(): Promise<string> {
  // A whole second, as in the `Date` header: both clocks agree.
  let now = Math.floor(Date.now() / SECOND) * SECOND;
  const sleep = async (ms: number) => {
    now += ms;
  };
  const emulators = await startEmulators();
  const api = await startCyberdeskApi({ now: () => now });
  try {
    const stage = await createStage(emulators, {
      name: 'local',
      hasFakeApi: true,
      outputs: { cyberdeskApiUrl: api.url },
    });
    await setApiKey(stage, 'cd_key');
    const clock = { now: () => now, sleep };
    const { out } = await run(CALL.split(' '), { clock, connect: async () => stage });
    return `$ npx --no cyberdesk-webhooks ${CALL}\n${out.trimEnd()}`;
  } finally {
    await Promise.all([api.close(), emulators.stop()]);
  }
}
