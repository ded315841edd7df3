import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { BadArgumentError } from '../errors.ts';
import type { Stage } from '../stage/stage.ts';
import { sendJson } from './answer.ts';
import { openBrowser } from './open-browser.ts';
import { type RedirectFile, writeRedirectFile } from './redirect-file.ts';
import { consoleRoutes, createToken } from './routes.ts';

export interface ConsoleOptions {
  stage: Stage;
  /** Port on 127.0.0.1. @default 8788, or a free one where that is taken */
  port?: number;
  /** Opens the person's browser. @default false */
  open?: boolean;
}

export interface Console {
  /** `http://127.0.0.1:8788` */
  url: string;
  /** The address to open: it carries the token behind `#`, which no browser sends anywhere. */
  link: string;
  close(): Promise<void>;
}

const DEFAULT_PORT = 8788;

/**
 * Serves the page for one stage on this machine only, until closed.
 *
 * @throws BadArgumentError when the port asked for is taken
 */
export async function startConsole({ stage, port, open = false }: ConsoleOptions): Promise<Console> {
  const token = createToken();
  const routes = consoleRoutes(stage, { token });
  const server = createServer(async (request, response) => {
    try {
      if (!(await routes(request, response))) sendJson(response, 404, { message: 'There is nothing here.' });
    } catch {
      response.destroy();
    }
  });
  await listen(server, port);
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const link = `${url}/#token=${token}`;
  const redirect = open ? await openWith(link) : undefined;
  return {
    url,
    link,
    async close() {
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await closed;
      await redirect?.remove();
    },
  };
}

/** Undefined where no file can be written: then the printed link is opened by hand. */
async function openWith(link: string): Promise<RedirectFile | undefined> {
  const redirect = await writeRedirectFile(link).catch(() => undefined);
  if (redirect) openBrowser(redirect.url);
  return redirect;
}

async function listen(server: Server, port: number | undefined): Promise<void> {
  try {
    await listenOn(server, port ?? DEFAULT_PORT);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error;
    if (port !== undefined) {
      throw new BadArgumentError(`port ${port} is taken: name another with --port, or leave it out`, {
        cause: error,
      });
    }
    await listenOn(server, 0);
  }
}

async function listenOn(server: Server, port: number): Promise<void> {
  server.listen(port, '127.0.0.1');
  // Rejects on `error`.
  await once(server, 'listening');
}
