import { spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { proxySettings } from '../../ops/stage/network.ts';
import { AWS_HOST, type CompanyNetwork, startCompanyNetwork } from '../support/company-network.ts';
import { listening } from '../support/start-process.ts';

const launcher = join(import.meta.dirname, '../../ops/cyberdesk-webhooks.mjs');
const ACCOUNT = '123456789012';
const CALLER = `<GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><GetCallerIdentityResult><Arn>arn:aws:iam::${ACCOUNT}:user/me</Arn><Account>${ACCOUNT}</Account></GetCallerIdentityResult></GetCallerIdentityResponse>`;

let network: CompanyNetwork;
/** AWS without TLS, on this machine. */
let plain: Server;

const answer: RequestListener = (request, response) => {
  request.resume();
  response.setHeader('content-type', 'text/xml').end(CALLER);
};
const plainUrl = () => `http://127.0.0.1:${(plain.address() as AddressInfo).port}`;

beforeAll(async () => {
  network = await startCompanyNetwork(answer);
  plain = createServer(answer);
  await listening(plain);
});
afterAll(() => {
  network?.close();
  plain?.close();
});
beforeEach(() => void network.tunnelled.splice(0));

/** What `doctor` says in a shell with these variables. */
async function doctor(variables: Record<string, string>): Promise<string> {
  const child = spawn(process.execPath, [launcher, 'doctor', '--stage', 'dev', '--no-probe'], {
    env: {
      PATH: process.env.PATH,
      HOME: network.folder,
      AWS_DEFAULT_REGION: 'eu-west-1',
      AWS_ACCESS_KEY_ID: 'a',
      AWS_SECRET_ACCESS_KEY: 'b',
      AWS_MAX_ATTEMPTS: '1',
      ...variables,
    },
  });
  let said = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (text) => (said += String(text)));
  await new Promise((resolve) => child.on('close', resolve));
  return said;
}

it('a verb reaches AWS through a proxy that intercepts TLS with a certificate of its own', async () => {
  const { proxy: HTTPS_PROXY, certificate, tunnelled } = network;
  const AWS_ENDPOINT_URL = `https://${AWS_HOST}`;

  const said = await doctor({ HTTPS_PROXY, AWS_ENDPOINT_URL, AWS_CA_BUNDLE: certificate });

  expect(said).toContain(`account ${ACCOUNT}`);
  expect(tunnelled[0]).toBe(`${AWS_HOST}:443`);
  expect((await doctor({ HTTPS_PROXY, AWS_ENDPOINT_URL })).replace(/\s+/g, ' ')).toMatch(
    /✗ credentials the certificate of the server, or of a proxy before it, is not trusted .*NODE_EXTRA_CA_CERTS or AWS_CA_BUNDLE/,
  );
  expect(await doctor({ HTTPS_PROXY, AWS_ENDPOINT_URL, NODE_EXTRA_CA_CERTS: certificate })).toContain(
    `account ${ACCOUNT}`,
  );
});

it('a verb reaches what is on this machine without the proxy', async () => {
  const { proxy: HTTP_PROXY, proxy: HTTPS_PROXY, tunnelled } = network;

  expect(await doctor({ HTTP_PROXY, HTTPS_PROXY, AWS_ENDPOINT_URL: plainUrl() })).toContain(
    `account ${ACCOUNT}`,
  );
  expect(tunnelled).toEqual([]);
});

it('a verb says in one line that a bundle of certificates cannot be read', async () => {
  const said = await doctor({ AWS_CA_BUNDLE: join(network.folder, 'absent.pem') });

  expect(said.trim().split('\n')).toEqual([expect.stringContaining('AWS_CA_BUNDLE names')]);
});

it('a profile that needs the code of a device says so where there is no terminal', async () => {
  const config = join(network.folder, 'config');
  writeFileSync(
    config,
    '[profile mfa]\nrole_arn = arn:aws:iam::123456789012:role/r\nsource_profile = base\nmfa_serial = arn:aws:iam::123456789012:mfa/me\n[profile base]\naws_access_key_id = a\naws_secret_access_key = b\n',
  );
  const said = await doctor({
    AWS_CONFIG_FILE: config,
    AWS_PROFILE: 'mfa',
    AWS_ACCESS_KEY_ID: '',
    AWS_ENDPOINT_URL: plainUrl(),
  });

  expect(said.replace(/\s+/g, ' ')).toContain('needs a code of the device arn:aws:iam::123456789012:mfa/me');
});

it.each([
  ['HTTPS_PROXY', 'socks5://127.0.0.1:1080', /^error: the proxy in HTTPS_PROXY .* is not an HTTP proxy/],
  ['HTTPS_PROXY', 'http://', /^error: the proxy in HTTPS_PROXY .* is not an HTTP proxy/],
  ['HTTPS_PROXY', 'http://127.0.0.1:9', /the network failed .*check the proxy of this shell \(HTTPS_PROXY/],
  ['AWS_CA_BUNDLE', launcher, /^error: AWS_CA_BUNDLE names \S+, which has no certificate in PEM format/],
])('a verb names %s as the cause if it is %s', async (name, value, line) => {
  const said = await doctor({ AWS_ENDPOINT_URL: `https://${AWS_HOST}`, [name]: value });

  expect(said.replace(/\s+/g, ' ')).toMatch(line);
});

it.each<Record<string, string>>([
  { ALL_PROXY: 'http://p:1' },
  { https_proxy: 'p:1', ALL_PROXY: 'http://other' },
  { npm_config_proxy: 'http://p:1' },
  { npm_config_https_proxy: 'http://p:1', HTTPS_PROXY: 'http://other' },
])('the proxy for HTTPS is found where cdk deploy finds it: %j', (environment) => {
  expect(proxySettings(environment)).toMatchObject({ HTTPS_PROXY: 'http://p:1' });
});

it('proxy settings are read in both cases, and never cover loopback', () => {
  expect(proxySettings({ https_proxy: 'http://p', NO_PROXY: 'internal' })).toEqual({
    HTTPS_PROXY: 'http://p',
    NO_PROXY: 'internal,localhost,127.0.0.1,::1',
  });
});
