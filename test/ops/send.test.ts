import { afterEach, describe, expect, it, vi } from 'vitest';
import { setSigningSecret } from '../../ops/secrets/set.ts';
import type { Stage } from '../../ops/stage/stage.ts';
import { awsError } from './support/aws.ts';
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

describe('a send whose event cannot be read', () => {
  const sent = async (...argv: string[]) => {
    await setSigningSecret(here.stage, `whsec_${Buffer.from('a secret of twenty-four.').toString('base64')}`);
    let isSent = false;
    vi.spyOn(globalThis, 'fetch').mockImplementation(async () => {
      isSent = true;
      return Response.json({ status: 'accepted' });
    });
    const { dynamoDb } = here.stage.clients;
    const send = async (command: object) => {
      if (isSent && command.constructor.name === 'GetItemCommand') throw awsError('AccessDeniedException');
      return dynamoDb.send(command as never);
    };
    const clients = { ...here.stage.clients, dynamoDb: { send } } as unknown as Stage['clients'];
    return run(['send', ...argv], { connect: async () => ({ ...here.stage, clients }) });
  };

  it('a send whose event cannot be read says how it was answered and exits with 1, as if it were not finished', async () => {
    const { code, out, err } = await sent();

    expect([code, out]).toEqual([1, expect.stringContaining('endpoint answered 200 accepted')]);
    expect(err).toContain('the event could not be read: AWS does not allow');
    const { json } = await sent('--json');
    expect(json()).toMatchObject({ http_status: 200, event: null, unread: expect.stringContaining('AWS') });
  });
});
