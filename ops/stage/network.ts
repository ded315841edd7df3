import { readFileSync } from 'node:fs';
import { BadArgumentError } from '../errors.ts';

// Not imports: those read each name of a module, and with it load what few verbs need (`http.WebSocket`, `tls.rootCertificates`).
const http = process.getBuiltinModule('node:http');
const https = process.getBuiltinModule('node:https');

/** Never through a proxy: the local run, and helpers that hand out credentials on this machine. */
const LOOPBACK = ['localhost', '127.0.0.1', '::1'];

/** The proxy settings of an environment, without loopback. */
export function proxySettings(environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const { HTTP_PROXY, http_proxy, HTTPS_PROXY, https_proxy, NO_PROXY, no_proxy } = environment;
  const direct = [no_proxy || NO_PROXY, ...LOOPBACK].filter(Boolean).join(',');
  const http = http_proxy || HTTP_PROXY;
  const https = https_proxy || HTTPS_PROXY;
  return { ...(http && { HTTP_PROXY: http }), ...(https && { HTTPS_PROXY: https }), NO_PROXY: direct };
}

/**
 * Makes this process reach the network as `cdk deploy` does in the same shell: through its proxies, and trusting the
 * certificates of `AWS_CA_BUNDLE` besides those of Node.js, which include `NODE_EXTRA_CA_CERTS`.
 *
 * @throws BadArgumentError if the bundle cannot be read, or a proxy is set that this Node.js cannot use
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
  http.setGlobalProxyFromEnv(settings);
}

function trustAlso(certificates: string): void {
  const { getCACertificates, setDefaultCACertificates } = process.getBuiltinModule('node:tls');
  setDefaultCACertificates([...getCACertificates('default'), certificates]);
}

function readBundle(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (cause) {
    throw new BadArgumentError(`AWS_CA_BUNDLE names ${path}, which cannot be read`, {
      next: 'correct or unset it',
      cause,
    });
  }
}

/** Connections of the AWS SDK, which does not use the agents of the process. */
export function requestHandlerOf(environment: NodeJS.ProcessEnv) {
  const options = { keepAlive: true, maxSockets: 50, proxyEnv: proxySettings(environment) };
  return { httpAgent: new http.Agent(options), httpsAgent: new https.Agent(options) };
}
