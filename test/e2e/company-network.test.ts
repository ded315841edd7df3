import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { makeClone } from '../support/clone.ts';
import { type CompanyNetwork, CYBERDESK_HOST, startCompanyNetwork } from '../support/company-network.ts';
import { freePort, start } from '../support/start-process.ts';
import { waitFor } from './kit/wait.ts';

const clone = makeClone();
/** Cyberdesk, behind the proxy. */
const asked: Pick<IncomingMessage, 'method' | 'url'>[] = [];
let network: CompanyNetwork;
let port: string;
beforeAll(async () => {
  port = await freePort();
  network = await startCompanyNetwork((request, response) => {
    request.resume();
    asked.push({ method: request.method, url: request.url });
    const run = { id: randomUUID(), workflow_id: randomUUID(), status: 'scheduling' };
    const body = request.method === 'POST' ? run : { items: [], total: 0, skip: 0, limit: 1 };
    response.setHeader('content-type', 'application/json').end(JSON.stringify(body));
  });
});
afterAll(() => {
  network?.close();
  clone.remove();
});

/** Of a shell behind a proxy, in which `cdk deploy` works. */
const shell = (trusted: Record<string, string>): Record<string, string> => ({
  HTTP_PROXY: network.proxy,
  HTTPS_PROXY: network.proxy,
  CYBERDESK_API_URL: `https://${CYBERDESK_HOST}`,
  CYBERDESK_API_KEY: 'cd_key',
  PORT: port,
  ...trusted,
});

/** What a verb prints in such a shell. */
async function say(variables: Record<string, string>, ...words: string[]): Promise<string> {
  const { PATH = '' } = process.env;
  const env = { PATH, HOME: network.folder, ...variables };
  const child = spawn(process.execPath, ['ops/cyberdesk-webhooks.mjs', ...words], { cwd: clone.root, env });
  const [out, err] = await Promise.all([text(child.stdout), text(child.stderr)]);
  return out + err;
}

it('npm start and the verbs reach Cyberdesk through a proxy with a certificate of its own, and this machine without it', async () => {
  const variables = shell({ AWS_CA_BUNDLE: network.certificate });
  const run = start(clone.root, variables);
  await waitFor('the run to be ready', () => /^ready\b/m.test(run.output.out));

  const sent = await say(variables, 'send');
  const findings = await say(variables, 'doctor', '--no-probe');

  expect(run.output.err).toBe('');
  expect(sent).toMatch(/answered 200[\s\S]*startRun: done/);
  expect(findings).toMatch(new RegExp(`✓ api-key +accepted by https://${CYBERDESK_HOST}`));
  expect(asked).toContainEqual({ method: 'POST', url: '/v1/runs' });
  expect(new Set(network.tunnelled)).toEqual(new Set([`${CYBERDESK_HOST}:443`]));
  expect(await run.stop()).toBe(0);
});

it.each([
  ['AWS_CA_BUNDLE', {}],
  ['NODE_EXTRA_CA_CERTS', { NODE_USE_ENV_PROXY: '1' }],
])(
  'npm start -- --once trusts the certificates of %s, and says so in one line where nothing names them',
  async (variable, more) => {
    const once = (trusted: Record<string, string>) =>
      start(clone.root, shell({ ...more, ...trusted }), '--once');

    const trusting = once({ [variable]: network.certificate });
    expect(await trusting.ended, trusting.output.err).toBe(0);

    const { output, ended } = once({});
    expect(await ended).toBe(1);
    expect(output.err).toMatch(
      /^CYBERDESK_API_URL https:\/\/cyberdesk\.test cannot be reached .*certificate.*\n$/,
    );
  },
);
