import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

export interface RedirectFile {
  /** `file:///tmp/…` */
  url: string;
  remove(): Promise<void>;
}

/**
 * Writes a page that redirects to `link` and that only this user can read. A link with a token must not be an argument
 * of the browser, as every user of the machine can read a program's arguments.
 */
export async function writeRedirectFile(link: string, parent = tmpdir()): Promise<RedirectFile> {
  // A new directory with mode 0700: no other user can have placed a file or link in it.
  const directory = await mkdtemp(join(parent, 'console-'));
  const file = join(directory, 'open.html');
  const html = `<!doctype html><meta charset="utf-8"><title>Console</title>
<meta http-equiv="refresh" content="0; url=${link}"><a href="${link}">Open the console</a>
`;
  await writeFile(file, html, { mode: 0o600 });
  return {
    url: pathToFileURL(file).href,
    remove: () => rm(directory, { recursive: true, force: true }),
  };
}
