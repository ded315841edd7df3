import { spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { BadArgumentError } from '../errors.ts';
import { LoopbackServer } from '../http/index.ts';
import { codeOf } from '../stage/faults.ts';
import type { Stage } from '../stage/stage.ts';
import { sendJson } from './answer.ts';
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

/** Serves the page of a stage, on this machine only, until closed. @throws BadArgumentError when the port is in use */
export async function startConsole({ stage, port, open = false }: ConsoleOptions): Promise<Console> {
  const token = createToken();
  const routes = consoleRoutes(stage, { token });
  const server = new LoopbackServer(async (request, response) => {
    if (!(await routes(request, response))) sendJson(response, 404, { message: 'there is no such page' });
  });
  const url = await listen(server, port);
  const link = `${url}/#token=${token}`;
  const opened = open ? await openWith(link) : undefined;
  return {
    url,
    link,
    async close() {
      await server.close();
      if (opened !== undefined) await rm(opened, { recursive: true, force: true });
    },
  };
}

async function listen(server: LoopbackServer, port: number | undefined): Promise<string> {
  try {
    return await server.listen(port ?? DEFAULT_PORT);
  } catch (error) {
    if (codeOf(error) !== 'EADDRINUSE') throw error;
    if (port === undefined) return server.listen(0);
    throw new BadArgumentError(`port ${port} is in use`, {
      next: 'choose another with --port, or leave it out',
      cause: error,
    });
  }
}

/**
 * Opens a page that redirects to `link` and that only this user can read. A link with a token must not be an argument of
 * the browser, as every user of the machine can read a program's arguments.
 * @returns the directory of that page; undefined where none can be written: the user then opens the printed link
 */
async function openWith(link: string): Promise<string | undefined> {
  const html = `<!doctype html><meta charset="utf-8"><title>Console</title>
<meta http-equiv="refresh" content="0; url=${link}"><a href="${link}">Open the console</a>
`;
  try {
    // A new directory with mode 0700: no other user can have placed a file or link in it.
    const directory = await mkdtemp(join(tmpdir(), 'console-'));
    const file = join(directory, 'open.html');
    await writeFile(file, html, { mode: 0o600 });
    openBrowser(pathToFileURL(file).href);
    return directory;
  } catch {
    return undefined;
  }
}

const OPENERS: Partial<Record<NodeJS.Platform, [string, ...string[]]>> = {
  darwin: ['open'],
  win32: ['rundll32', 'url.dll,FileProtocolHandler'],
};

/** Opens an address in the browser, if any. It must hold no secret: every user can read a program's arguments. */
function openBrowser(url: string): void {
  const [command, ...leading] = OPENERS[process.platform] ?? ['xdg-open'];
  const child = spawn(command, [...leading, url], { detached: true, stdio: 'ignore' });
  child.on('error', () => undefined);
  child.unref();
}
