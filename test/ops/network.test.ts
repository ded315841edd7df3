import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type RequestListener, type Server } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { type AddressInfo, connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { proxySettings } from '../../ops/stage/network.ts';

const launcher = join(import.meta.dirname, '../../ops/cyberdesk-webhooks.mjs');
const ACCOUNT = '123456789012';
const CALLER = `<GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><GetCallerIdentityResult><Arn>arn:aws:iam::${ACCOUNT}:user/me</Arn><Account>${ACCOUNT}</Account></GetCallerIdentityResult></GetCallerIdentityResponse>`;

let folder: string;
let certificate: string;
/** AWS over TLS, with a certificate that only the bundle vouches for; and the same without TLS. */
let secure: Server;
let plain: Server;
let proxy: Server;
/** Hosts that the proxy was asked for. */
const tunnelled: string[] = [];

const listening = async <S extends Server>(server: S): Promise<S> =>
  new Promise((resolve) => void server.listen(0, '127.0.0.1', () => resolve(server)));
const portOf = (server: Server) => (server.address() as AddressInfo).port;

const answer: RequestListener = (request, response) => {
  request.resume();
  response.setHeader('content-type', 'text/xml').end(CALLER);
};

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'network-'));
  certificate = join(folder, 'certificate.pem');
  const key = join(folder, 'key.pem');
  const made = spawnSync('openssl', [
    ...['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', '-subj', '/CN=aws.test'],
    ...['-addext', 'subjectAltName=DNS:aws.test', '-keyout', key, '-out', certificate],
  ]);
  expect(made.status, String(made.stderr)).toBe(0);
  const options = { key: readFileSync(key), cert: readFileSync(certificate) };
  secure = await listening(createTlsServer(options, answer));
  plain = await listening(createServer(answer));
  proxy = await listening(createServer());
  proxy.on('connect', ({ url = '' }, socket) => {
    tunnelled.push(url);
    const upstream = connect(portOf(secure), '127.0.0.1', () => {
      socket.write('HTTP/1.1 200 Connection established\r\n\r\n');
      upstream.pipe(socket).pipe(upstream);
    });
    upstream.on('error', () => socket.destroy());
    socket.on('error', () => upstream.destroy());
  });
});
afterAll(() => {
  for (const server of [secure, plain, proxy]) server?.close();
  rmSync(folder, { recursive: true });
});
beforeEach(() => void tunnelled.splice(0));

/** What `doctor` says in a shell with these variables. */
async function doctor(variables: Record<string, string>): Promise<string> {
  const child = spawn(process.execPath, [launcher, 'doctor', '--stage', 'dev', '--no-probe'], {
    env: {
      PATH: process.env.PATH,
      HOME: folder,
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
  const HTTPS_PROXY = `http://127.0.0.1:${portOf(proxy)}`;
  const AWS_ENDPOINT_URL = 'https://aws.test';

  const said = await doctor({ HTTPS_PROXY, AWS_ENDPOINT_URL, AWS_CA_BUNDLE: certificate });

  expect(said).toContain(`account ${ACCOUNT}`);
  expect(tunnelled[0]).toBe('aws.test:443');
  expect(await doctor({ HTTPS_PROXY, AWS_ENDPOINT_URL })).not.toContain(`account ${ACCOUNT}`);
  expect(await doctor({ HTTPS_PROXY, AWS_ENDPOINT_URL, NODE_EXTRA_CA_CERTS: certificate })).toContain(
    `account ${ACCOUNT}`,
  );
});

it('a verb reaches what is on this machine without the proxy', async () => {
  const at = `http://127.0.0.1:${portOf(proxy)}`;
  const AWS_ENDPOINT_URL = `http://127.0.0.1:${portOf(plain)}`;

  expect(await doctor({ HTTP_PROXY: at, HTTPS_PROXY: at, AWS_ENDPOINT_URL })).toContain(`account ${ACCOUNT}`);
  expect(tunnelled).toEqual([]);
});

it('a verb says in one line that a bundle of certificates cannot be read', async () => {
  const said = await doctor({ AWS_CA_BUNDLE: join(folder, 'absent.pem') });

  expect(said.trim().split('\n')).toEqual([expect.stringContaining('AWS_CA_BUNDLE names')]);
});

it('a profile that needs the code of a device says so where there is no terminal', async () => {
  const config = join(folder, 'config');
  writeFileSync(
    config,
    '[profile mfa]\nrole_arn = arn:aws:iam::123456789012:role/r\nsource_profile = base\nmfa_serial = arn:aws:iam::123456789012:mfa/me\n[profile base]\naws_access_key_id = a\naws_secret_access_key = b\n',
  );
  const said = await doctor({
    AWS_CONFIG_FILE: config,
    AWS_PROFILE: 'mfa',
    AWS_ACCESS_KEY_ID: '',
    AWS_ENDPOINT_URL: `http://127.0.0.1:${portOf(plain)}`,
  });

  expect(said.replace(/\s+/g, ' ')).toContain('needs a code of the device arn:aws:iam::123456789012:mfa/me');
});

it('proxy settings are read in both cases, and never cover loopback', () => {
  expect(proxySettings({ https_proxy: 'http://p', NO_PROXY: 'internal' })).toEqual({
    HTTPS_PROXY: 'http://p',
    NO_PROXY: 'internal,localhost,127.0.0.1,::1',
  });
});
