import { randomUUID } from 'node:crypto';
import { statSync } from 'node:fs';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { waitFor } from './kit/wait.ts';
import { deliver, runComplete } from './kit/webhooks.ts';
import { RunProcess } from './restart/run-process.ts';

const SENDERS = 6;
const KILLS = 2;
const BEFORE_A_KILL = 25;

const run = new RunProcess();
beforeAll(() => run.start());
afterAll(() => run.remove());

/** Events that were answered, by the summary that their follow-up gets. */
async function sendUntilKilled(): Promise<{ accepted: Map<string, string>; sent: number }> {
  const accepted = new Map<string, string>();
  let sent = 0;
  let isKilled = false;
  const sender = async () => {
    while (!isKilled) {
      const summary = randomUUID();
      const event = runComplete({ output_data: { summary } });
      sent += 1;
      const { webhookUrl, secret } = run.address;
      const answer = await deliver(webhookUrl, secret, event).catch(() => undefined);
      if (answer?.status === 200) accepted.set(summary, event.event_id);
    }
  };
  const senders = Array.from({ length: SENDERS }, sender);
  await waitFor('events to be accepted', () => accepted.size >= BEFORE_A_KILL);
  await run.kill();
  isKilled = true;
  await Promise.all(senders);
  return { accepted, sent };
}

it('kill -9 under load loses nothing that was answered, and starts no follow-up twice', async () => {
  const { secret } = run.address;
  const accepted = new Map<string, string>();
  let sent = 0;
  for (let kill = 0; kill < KILLS; kill += 1) {
    const round = await sendUntilKilled();
    sent += round.sent;
    for (const [summary, id] of round.accepted) accepted.set(summary, id);
    await run.start();
  }

  const events = await run.finished([...accepted.values()]);
  const runs = await run.runsBySummary();

  console.log(`${KILLS} kills: ${sent} events sent, ${accepted.size} answered 200, ${runs.size} follow-ups`);
  expect(events.map(({ state }) => state)).toEqual(events.map(() => 'processed'));
  expect([...accepted.keys()].map((summary) => runs.get(summary) ?? 0)).toEqual(events.map(() => 1));
  expect([...runs.values()].filter((times) => times !== 1)).toEqual([]);
  expect(run.address.secret).toBe(secret);
});

it('only its owner may read what is kept', () => {
  expect(statSync(run.folder).mode & 0o777).toBe(0o700);
});
