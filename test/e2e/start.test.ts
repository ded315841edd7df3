import { randomBytes, randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeClone } from '../support/clone.ts';
import { freePort, listening, start as startProcess } from '../support/start-process.ts';
import { waitFor } from './kit/wait.ts';
import { deliver, runComplete } from './kit/webhooks.ts';

const clone = makeClone();
afterAll(clone.remove);

const start = (environment: Record<string, string>, ...args: string[]) =>
  startProcess(clone.root, environment, ...args);

describe('npm start -- --once', () => {
  it('npm start -- --once follows a signed webhook to its follow-up run and exits with 0', async () => {
    const { output, ended } = start({ PORT: await freePort() }, '--once');

    expect(await ended, output.err).toBe(0);
    expect(output.out).toMatch(/sent.*\n.*answered\s+200.*\n[\s\S]*follow-up run [0-9a-f-]{36}/);
  });
});

describe('npm start', () => {
  const secret = `whsec_${randomBytes(24).toString('base64')}`;
  const next = randomUUID();
  const seen: { request: IncomingMessage; body: string }[] = [];
  const api = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk) => (body += chunk));
    request.on('end', () => {
      seen.push({ request, body });
      response.writeHead(201, { 'content-type': 'application/json' });
      response.end(
        JSON.stringify({
          id: randomUUID(),
          workflow_id: next,
          status: 'scheduling',
          machine_id: null,
          created_at: new Date().toISOString(),
        }),
      );
    });
  });
  let port: string;
  let run: ReturnType<typeof start>;
  beforeAll(async () => {
    port = await freePort();
    run = start({
      PORT: port,
      WEBHOOK_SECRET: secret,
      CYBERDESK_API_URL: `http://127.0.0.1:${await listening(api)}`,
      CYBERDESK_API_KEY: 'cd_of_a_stranger',
      NEXT_WORKFLOW_ID: next,
    });
    await waitFor('the run to be ready', () => /^.*\bready\b/m.test(run.output.out));
  });
  afterAll(async () => {
    await run.stop();
    api.closeAllConnections();
    api.close();
  });

  it('npm start prints where and how to send an event, with its own port', () => {
    expect(run.output.out).toContain(`http://127.0.0.1:${port}/webhooks/cyberdesk`);
    expect(run.output.err).toBe('');
  });

  it('npm start says first what it starts, and does not repeat a secret that it was given', () => {
    expect(run.output.out).toMatch(/^Starting the stage dev\n/);
    expect(run.output.out).toContain('that of WEBHOOK_SECRET');
    expect(run.output.out).not.toContain(secret);
  });

  it('a second run of the same stage is refused in one line, and --once is not', async () => {
    const second = start({ PORT: await freePort() });

    expect(await second.ended).toBe(1);
    expect(second.output.err).toMatch(
      /^\S+\.cyberdesk-local\S+ is in use by another local run: .*LOCAL_STATE.*\n$/,
    );
    expect(await start({}, '--once').ended).toBe(0);
  });

  it('an external API gets the follow-up with bearer key, idempotency key and mapped inputs', async () => {
    const summary = randomUUID();
    const answer = await deliver(
      `http://127.0.0.1:${port}/webhooks/cyberdesk`,
      secret,
      runComplete({ output_data: { summary } }),
    );
    expect(answer.status).toBe(200);

    const { request, body } = await waitFor('the follow-up', () =>
      seen.find((one) => one.body.includes(summary)),
    );
    expect([request.method, request.url]).toEqual(['POST', '/v1/runs']);
    expect(request.headers.authorization).toBe('Bearer cd_of_a_stranger');
    expect(request.headers['idempotency-key']).toMatch(/^[0-9a-f-]{36}$/);
    expect(JSON.parse(body)).toEqual({ workflow_id: next, input_values: { summary } });
  });

  it('the control endpoints show health, events and queues', async () => {
    for (const path of ['health', 'events', 'queues']) {
      const response = await fetch(`http://127.0.0.1:${port}/_local/${path}`);
      expect(response.status).toBe(200);
      expect(response.headers.get('content-type')).toContain('application/json');
      await response.json();
    }
    expect((await fetch(`http://127.0.0.1:${port}/_local/events/none`)).status).toBe(404);
  });

  it('the control endpoints explain a bad request, and reject a fault that can never hit', async () => {
    const ask = async (path: string, fault?: object) => {
      const post = { method: 'POST', body: JSON.stringify(fault) };
      const response = await fetch(`http://127.0.0.1:${port}/_local/${path}`, fault && post);
      return [response.status, ((await response.json()) as { message?: string }).message];
    };
    expect(await ask('events?limit=none')).toEqual([400, expect.stringContaining('"limit"')]);
    expect(await ask('events?limit=1')).toEqual([200, undefined]);
    const fault = { call: 'sqs:SendMessage', do: 'drop' };
    expect(await ask('faults', { ...fault, function: 'reader' })).toEqual([
      400,
      '"function" must be one of verifier, processor, sweeper, operator',
    ]);
    expect(await ask('faults')).toEqual([200, undefined]);
  });

  it('what is kept is there after a restart, and --fresh begins without it', async () => {
    const shown = async () => (await fetch(`http://127.0.0.1:${port}/_local/events`)).json();
    const again = async (...args: string[]) => {
      await run.stop();
      run = start({ PORT: port }, ...args);
      await waitFor('the run to be ready', () => /^.*\bready\b/m.test(run.output.out));
      return shown();
    };
    const before = await shown();

    expect(before).toMatchObject({ events: [{ state: 'processed' }] });
    expect(await again()).toEqual(before);
    expect(run.output.out).toContain(secret);
    expect(await again('--fresh')).toEqual({ events: [] });
    expect(run.output.out).not.toContain(secret);
  });

  it('npm start exits with 0 after SIGINT', async () => {
    expect(await run.stop()).toBe(0);
  });
});

describe('npm start with an invalid setting', () => {
  it.each([
    ['a port that is not a number', { PORT: '80a' }, /PORT/],
    ['a port out of range', { PORT: '70000' }, /PORT/],
    ['a malformed secret', { WEBHOOK_SECRET: 'secret' }, /WEBHOOK_SECRET/],
    ['an empty secret', { WEBHOOK_SECRET: '' }, /WEBHOOK_SECRET/],
    ['an API that does not answer', { CYBERDESK_API_URL: 'http://127.0.0.1:9' }, /CYBERDESK_API_URL/],
    ['an invalid API URL', { CYBERDESK_API_URL: 'api' }, /CYBERDESK_API_URL/],
    ['an unknown stage', { STAGE: 'staging' }, /STAGE|staging/],
  ])('%s is reported in one line without a stack trace', async (_, environment, named) => {
    const { output, ended } = start({ PORT: await freePort(), ...environment } as Record<string, string>);

    expect(await ended).toBeGreaterThan(0);
    expect(output.err.trim().split('\n')).toHaveLength(1);
    expect(output.err).toMatch(named);
    expect(output.err).not.toMatch(/^\s+at /m);
  });

  it('a port in use is reported in one line', async () => {
    const server = createServer();
    const port = String(await listening(server));
    const { output, ended } = start({ PORT: port });

    expect(await ended).toBeGreaterThan(0);
    expect(output.err.trim().split('\n')).toHaveLength(1);
    expect(output.err).toContain(port);
    server.close();
  });
});
