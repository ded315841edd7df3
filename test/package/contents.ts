import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { filesOf } from './pack.ts';

/** Files that the `package.json` of an installed package promises, and entries that older resolutions would not find. */
export function missingEntries(installed: string): string[] {
  const { exports, main, types, typesVersions } = JSON.parse(
    readFileSync(join(installed, 'package.json'), 'utf8'),
  );
  const targets = (value: object): string[] =>
    Object.values(value).flatMap((part) => (typeof part === 'string' ? part : targets(part)));
  const files = targets({ exports, main, types, typesVersions });
  const entries = Object.keys(exports).filter((entry) => !['.', './package.json'].includes(entry));
  return [
    ...files.filter((file) => !existsSync(join(installed, file))),
    ...entries.filter((entry) => !(entry.slice('./'.length) in typesVersions['*'])),
  ];
}

/** What the pages of an installed package link to and it does not have. */
export function brokenLinks(installed: string): string[] {
  const pages = filesOf(installed).filter((file) => file.endsWith('.md'));
  return pages.flatMap((page) => {
    const links = readFileSync(join(installed, page), 'utf8').matchAll(/\]\((?!https?:|#)([^)\s#]+)/g);
    const targets = [...links].map(([, link = '']) => normalize(join(dirname(page), link)));
    return targets.filter((target) => !existsSync(join(installed, target)));
  });
}
