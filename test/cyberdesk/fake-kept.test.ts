import { randomUUID } from 'node:crypto';
import { expect, it } from 'vitest';
import { startCyberdeskApi } from '../../local/cyberdesk-api/server.ts';
import { Kept } from '../../local/state/kept.ts';

const WORKFLOW = randomUUID();

/** Starts a run at a fake that ends afterwards; what it kept is all that the next one has. */
async function startRun(kept: Kept, key: string): Promise<{ id: string; runs: number; effects: number }> {
  const api = await startCyberdeskApi({ kept });
  try {
    const response = await fetch(`${api.url}/v1/runs`, {
      method: 'POST',
      headers: { authorization: 'Bearer k', 'idempotency-key': key, 'content-type': 'application/json' },
      body: JSON.stringify({ workflow_id: WORKFLOW, input_values: { account: 'A-1' } }),
    });
    const { id } = (await response.json()) as { id: string };
    return { id, runs: api.store.runs.size, effects: api.state.effects.get(key) ?? 0 };
  } finally {
    await api.close();
  }
}

it('the fake API knows its runs and idempotency keys after a restart', async () => {
  const kept = new Kept(':memory:');
  const first = await startRun(kept, 'a');

  expect(await startRun(kept, 'a')).toEqual({ id: first.id, runs: 1, effects: 1 });
  expect(await startRun(kept, 'b')).toMatchObject({ runs: 2 });
});

it('the fake API keeps how a run has ended, and its files', async () => {
  const kept = new Kept(':memory:');
  const { id } = await startRun(kept, 'a');
  const before = await startCyberdeskApi({ kept });
  before.complete(id, { output_data: { total: 3 }, files: [{ filename: 'a.txt', content: 'aGVsbG8=' }] });
  await before.close();

  const after = await startCyberdeskApi({ kept });
  const run = after.store.runs.get(id);
  const url = `${after.url}/v1/run-attachments/${run?.output_attachment_ids?.[0]}/download`;
  const file = await fetch(url, { headers: { authorization: 'Bearer k' } });

  expect(run).toMatchObject({ status: 'success', output_data: { total: 3 } });
  expect(await file.text()).toBe('hello');
  expect(() => after.complete(id)).toThrow('already ended');
  await after.close();
});
