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
 * A page that leads on to `link` and that this user alone can read. What a program is started with, its arguments,
 * every user of the machine can read: a link with a token is no argument.
 */
export async function writeRedirectFile(link: string, parent = tmpdir()): Promise<RedirectFile> {
  // Of mode 0700, and new: nobody else has a file or a link in there.
  const directory = await mkdtemp(join(parent, 'console-'));
  const file = join(directory, 'open.html');
  const html = `<!doctype html><meta charset="utf-8"><title>Console</title>
<meta http-equiv="refresh" content="0; url=${link}"><a href="${link}">To the console</a>
`;
  await writeFile(file, html, { mode: 0o600 });
  return {
    url: pathToFileURL(file).href,
    remove: () => rm(directory, { recursive: true, force: true }),
  };
}
