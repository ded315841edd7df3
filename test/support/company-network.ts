import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type RequestListener } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { listening } from './start-process.ts';

/** Names that only its proxy knows. */
export const AWS_HOST = 'aws.test';
export const CYBERDESK_HOST = 'cyberdesk.test';

export interface CompanyNetwork {
  /** An empty folder, for the home of a process. */
  readonly folder: string;
  /** File of the only certificate that vouches for the hosts. */
  readonly certificate: string;
  readonly proxy: string;
  /** Hosts that the proxy was asked for, with their ports. */
  readonly tunnelled: string[];
  close(): void;
}

/** A network in which the outside is reached through a proxy only, which intercepts TLS with a certificate of its own. */
export async function startCompanyNetwork(answer: RequestListener): Promise<CompanyNetwork> {
  const folder = mkdtempSync(join(tmpdir(), 'network-'));
  const certificate = join(folder, 'certificate.pem');
  const secure = createTlsServer(makeKey(folder, certificate), answer);
  const port = await listening(secure);
  const tunnelled: string[] = [];
  const proxy = createServer().on('connect', ({ url = '' }, socket) => {
    tunnelled.push(url);
    const upstream = connect(port, '127.0.0.1', () => {
      socket.write('HTTP/1.1 200 Connection established\r\n\r\n');
      upstream.pipe(socket).pipe(upstream);
    });
    upstream.on('error', () => socket.destroy());
    socket.on('error', () => upstream.destroy());
  });
  proxy.on('request', ({ url = '' }, response) => {
    tunnelled.push(url);
    response.writeHead(502).end();
  });
  const url = `http://127.0.0.1:${await listening(proxy)}`;
  const close = () => {
    for (const server of [secure, proxy]) server.close();
    rmSync(folder, { recursive: true });
  };
  return { folder, certificate, proxy: url, tunnelled, close };
}

function makeKey(folder: string, certificate: string) {
  const key = join(folder, 'key.pem');
  const names = [AWS_HOST, CYBERDESK_HOST].map((host) => `DNS:${host}`).join(',');
  const made = spawnSync('openssl', [
    ...['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', '-subj', `/CN=${AWS_HOST}`],
    ...['-addext', `subjectAltName=${names}`, '-keyout', key, '-out', certificate],
  ]);
  if (made.status !== 0) throw new Error(`openssl failed: ${made.stderr}`);
  return { key: readFileSync(key), cert: readFileSync(certificate) };
}
