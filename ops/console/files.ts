import { readdirSync, readFileSync } from 'node:fs';
import { extname, join } from 'node:path';

export interface PageFile {
  type: string;
  bytes: Buffer;
}

const TYPES: Record<string, string> = {
  '.css': 'text/css; charset=utf-8',
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.svg': 'image/svg+xml',
};

/** All files in `page/`, by path below `/console/`. Nothing else is ever served from disk. */
export function readPageFiles(directory = join(import.meta.dirname, 'page')): Map<string, PageFile> {
  const names = readdirSync(directory).filter((name) => extname(name) in TYPES);
  return new Map(
    names.map((name) => {
      const type = TYPES[extname(name)] ?? 'application/octet-stream';
      return [`/console/${name}`, { type, bytes: readFileSync(join(directory, name)) }];
    }),
  );
}

/** The document with a token; empty where not everyone who can load the page may have it. */
export function pageWith(html: PageFile, token: string): PageFile {
  return { ...html, bytes: Buffer.from(html.bytes.toString().replace('%TOKEN%', token)) };
}
