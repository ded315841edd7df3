import { BadArgumentError } from '../errors.ts';
import { LoopbackServer } from '../http/index.ts';
import type { Stage } from '../stage/stage.ts';
import { sendJson } from './answer.ts';
import { openBrowser } from './open-browser.ts';
import { type RedirectFile, writeRedirectFile } from './redirect-file.ts';
import { consoleRoutes, createToken } from './routes.ts';

export interface ConsoleOptions {
  stage: Stage;
  /** Port on 127.0.0.1. @default 8788, or a free port where that is in use */
  port?: number;
  /** Opens the page in the user's browser. @default false */
  open?: boolean;
}

export interface Console {
  /** `http://127.0.0.1:8788` */
  url: string;
  /** The address to open. It carries the token behind `#`, which no browser sends anywhere. */
  link: string;
  close(): Promise<void>;
}

const DEFAULT_PORT = 8788;

/**
 * Serves the page for one stage, on this machine only, until closed.
 *
 * @throws BadArgumentError when the requested port is in use
 */
export async function startConsole({ stage, port, open = false }: ConsoleOptions): Promise<Console> {
  const token = createToken();
  const routes = consoleRoutes(stage, { token });
  const server = new LoopbackServer(async (request, response) => {
    if (!(await routes(request, response))) sendJson(response, 404, { message: 'there is no such page' });
  });
  const url = await listen(server, port);
  const link = `${url}/#token=${token}`;
  const redirect = open ? await openWith(link) : undefined;
  return {
    url,
    link,
    async close() {
      await server.close();
      await redirect?.remove();
    },
  };
}

/** Undefined where no file can be written: the user then opens the printed link. */
async function openWith(link: string): Promise<RedirectFile | undefined> {
  const redirect = await writeRedirectFile(link).catch(() => undefined);
  if (redirect) openBrowser(redirect.url);
  return redirect;
}

async function listen(server: LoopbackServer, port: number | undefined): Promise<string> {
  try {
    return await server.listen(port ?? DEFAULT_PORT);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EADDRINUSE')) throw error;
    if (port === undefined) return server.listen(0);
    throw new BadArgumentError(`port ${port} is in use: choose another with --port, or leave it out`, {
      cause: error,
    });
  }
}
