import { afterEach, describe, expect, it, vi } from 'vitest';
import { setSigningSecret } from '../../ops/secrets/set.ts';
import { run } from './support/command.ts';
import { useStage } from './support/use-stage.ts';

const here = useStage();
afterEach(() => vi.restoreAllMocks());

/** Sends to an endpoint that does this and then answers 503. */
async function send(endpoint: (body: string) => Promise<unknown>, ...argv: string[]) {
  await setSigningSecret(here.stage, `whsec_${Buffer.from('a secret of twenty-four.').toString('base64')}`);
  vi.spyOn(globalThis, 'fetch').mockImplementation(async (_url, request) => {
    await endpoint(String(request?.body)).catch(() => undefined);
    return Response.json({ error: 'not_ready' }, { status: 503 });
  });
  return run(['send', ...argv], { connect: async () => here.stage });
}

describe('a send that is answered 503', () => {
  const storesOnly = (body: string) => {
    here.service.queueFails = true;
    return here.service.deliver(JSON.parse(body));
  };

  it('a send that is answered 503 reports that the event was stored', async () => {
    const { code, out, err } = await send(storesOnly);
    expect([code, out]).toEqual([1, expect.stringContaining('stored; no worker has started on it yet')]);
    expect(out).not.toContain('sent to the queue');
    const [, id] = /^event +(\S+)$/m.exec(out) ?? [];
    expect(err).toContain('the event is stored, but may not be queued: it is safe to send again');
    expect(err).toContain(`"npx --no cyberdesk-webhooks events replay ${id} --stage dev"`);
    const { json } = await send(storesOnly, '--json');
    expect(json()).toMatchObject({ http_status: 503, event: { state: 'received' } });
  });

  it('a send that is answered 503 reports that nothing was stored', async () => {
    const { code, err } = await send(async () => undefined);
    expect([code, err]).toEqual([1, expect.stringContaining('nothing was stored: it is safe')]);
    const { json } = await send(async () => undefined, '--json');
    expect(json()).toMatchObject({ event: null });
  });
});
