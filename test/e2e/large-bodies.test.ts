import { createHash, randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { useWhole } from './kit/local-run.ts';
import { runComplete } from './kit/webhooks.ts';

const whole = useWhole();
const MIB = 1024 * 1024;

/** A webhook of exactly this many bytes, with text that does not compress well. */
function sized(bytes: number) {
  const webhook = runComplete({ output_data: { summary: 'large', filler: '' } });
  const room = bytes - Buffer.byteLength(JSON.stringify(webhook));
  webhook.run.output_data = {
    summary: 'large',
    filler: randomBytes(room).toString('base64').slice(0, room),
  } as never;
  return { webhook, text: JSON.stringify(webhook) };
}

const digest = (bytes: Buffer | string) => createHash('sha256').update(bytes).digest('hex');

describe('a large webhook', () => {
  it.each([1, 4])('a webhook of %i MiB is stored byte for byte', async (size) => {
    const { webhook, text } = sized(size * MIB);
    expect(Buffer.byteLength(text)).toBe(size * MIB);

    // On a busy machine, one delivery may not be enough: the verifier answers 503 after ten seconds, and Svix delivers again.
    const id = `msg_${webhook.event_id}`;
    await expect.poll(async () => (await whole().deliver(text, { id })).status).toBe(200);
    const event = await whole().finished(webhook.event_id);

    expect(event).toMatchObject({ state: 'processed', body_bytes: size * MIB, body_sha256: digest(text) });
    expect(digest(await whole().body(webhook.event_id))).toBe(digest(text));
  });

  it('a webhook just above the limit is rejected, and nothing of it is kept', async () => {
    const { webhook, text } = sized(4 * MIB + 1);

    expect(await whole().deliver(text)).toEqual({ status: 413, answer: { error: 'too_large' } });
    expect(await whole().event(webhook.event_id)).toBeUndefined();
  });

  it('a webhook above the limit of Lambda is rejected by the gateway', async () => {
    expect((await whole().deliver(sized(7 * MIB).text)).status).toBe(413);
  });
});
