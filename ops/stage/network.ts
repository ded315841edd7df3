import { readFileSync } from 'node:fs';
import { firstOf, proxyOf } from '#with-node';
import { BadArgumentError } from '../errors.ts';

// Not imports: those read each name of a module, and with it load what few verbs need (`http.WebSocket`, `tls.rootCertificates`).
const http = process.getBuiltinModule('node:http');
const https = process.getBuiltinModule('node:https');

/** Never through a proxy: the local run, and helpers that hand out credentials on this machine. */
const LOOPBACK = ['localhost', '127.0.0.1', '::1'];

const DIRECT_NAMES = ['npm_config_no_proxy', 'no_proxy'];

/** The proxy settings of an environment, without loopback. */
export function proxySettings(environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const [plain, secure] = [proxyOf(environment, 'http'), proxyOf(environment, 'https')];
  return {
    ...(plain && { HTTP_PROXY: withScheme(plain) }),
    ...(secure && { HTTPS_PROXY: withScheme(secure) }),
    NO_PROXY: [firstOf(environment, DIRECT_NAMES), ...LOOPBACK].filter(Boolean).join(','),
  };
}

/** `proxy:3128` means an HTTP proxy to curl and to the AWS CLI too. */
const withScheme = (address: string): string => (address.includes('://') ? address : `http://${address}`);

/**
 * Makes this process reach the network as `cdk deploy` does in the same shell: through its proxies, and trusting the
 * certificates of `AWS_CA_BUNDLE` besides those of Node.js, which include `NODE_EXTRA_CA_CERTS`.
 *
 * @throws BadArgumentError if the bundle has no certificate, or a proxy is set that this Node.js cannot use
 */
export function useNetworkOf(environment: NodeJS.ProcessEnv): void {
  const { AWS_CA_BUNDLE: bundle } = environment;
  if (bundle) trustAlso(readBundle(bundle));
  const settings = proxySettings(environment);
  if (settings.HTTP_PROXY === undefined && settings.HTTPS_PROXY === undefined) return;
  // Node.js 22.18 does not have it; npm installs a newer one beside a checkout.
  if (typeof http.setGlobalProxyFromEnv !== 'function')
    throw new BadArgumentError('a proxy is set (HTTP_PROXY or HTTPS_PROXY), and this Node.js cannot use it', {
      next: 'use Node.js 24.14 or newer',
    });
  for (const name of ['HTTP_PROXY', 'HTTPS_PROXY'] as const) checkProxy(name, settings[name]);
  http.setGlobalProxyFromEnv(settings);
}

function trustAlso(certificates: string): void {
  const { getCACertificates, setDefaultCACertificates } = process.getBuiltinModule('node:tls');
  setDefaultCACertificates([...getCACertificates('default'), certificates]);
}

/** Its address may hold a password. @throws BadArgumentError */
function checkProxy(name: string, address = 'http://unset'): void {
  if (/^https?:$/.test(URL.parse(address)?.protocol ?? '')) return;
  throw new BadArgumentError(`the proxy in ${name} (or ALL_PROXY) is not an HTTP proxy that can be used`, {
    next: 'set it to an address like http://proxy.example.com:3128; SOCKS is not supported',
  });
}

function readBundle(path: string): string {
  const next = 'correct or unset it';
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (cause) {
    throw new BadArgumentError(`AWS_CA_BUNDLE names ${path}, which cannot be read`, { next, cause });
  }
  if (/-----BEGIN (TRUSTED )?CERTIFICATE-----/.test(text)) return text;
  throw new BadArgumentError(`AWS_CA_BUNDLE names ${path}, which has no certificate in PEM format`, { next });
}

/** Connections of the AWS SDK, which does not use the agents of the process. */
export function requestHandlerOf(environment: NodeJS.ProcessEnv) {
  const options = { keepAlive: true, maxSockets: 50, proxyEnv: proxySettings(environment) };
  return { httpAgent: new http.Agent(options), httpsAgent: new https.Agent(options) };
}
