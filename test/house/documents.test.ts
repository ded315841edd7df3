import { existsSync } from 'node:fs';
import { join, posix } from 'node:path';
import { describe, expect, it } from 'vitest';
import { listTexts, ROOT, readText } from './repository.ts';

const PAGES = listTexts().filter((path) => path.endsWith('.md'));

const SOURCES = new Set(listTexts().map((path) => posix.basename(path)));

const SCRIPTS: object = JSON.parse(readText('package.json')).scripts;

/** The anchor that GitHub gives a heading. */
const anchorOf = (heading: string): string =>
  heading
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\s_-]/gu, '')
    .trim()
    .replaceAll(' ', '-');

const anchorsOf = (page: string): string[] =>
  [...page.matchAll(/^#+ (.+)$/gm)].map(([, heading]) => anchorOf(heading ?? ''));

describe.each(PAGES)('%s', (path) => {
  const text = readText(path);

  it(`${path} links only to files and headings that exist`, () => {
    const links = [...text.matchAll(/\]\((?!https?:)([^)\s]+)\)/g)].map(([, link]) => link ?? '');
    const broken = links.filter((link) => {
      const [file = '', anchor] = link.split('#');
      const target = file === '' ? path : posix.join(posix.dirname(path), file);
      if (!existsSync(join(ROOT, target))) return true;
      return anchor !== undefined && target.endsWith('.md') && !anchorsOf(readText(target)).includes(anchor);
    });

    expect(broken).toEqual([]);
  });

  it(`${path} shows code only as it stands in the file that it names`, () => {
    const snippets = [...text.matchAll(/<!-- from: (\S+) -->\n```ts\n([\s\S]*?)\n```/g)];
    const differing = snippets.filter(([, file, code]) => !readText(file ?? '').includes(code ?? ''));

    expect(differing.map(([, file]) => file)).toEqual([]);
  });

  it(`${path} takes all code in TypeScript from files`, () => {
    const blocks = text.match(/^(?:<!-- from: .* -->\n)?```(?:ts|typescript)\b.*$/gm) ?? [];

    expect(blocks.filter((block) => !block.startsWith('<!--'))).toEqual([]);
  });

  it(`${path} names only scripts of package.json that exist`, () => {
    const named = [...text.matchAll(/npm run ([\w:-]+)/g)].map(([, script]) => script ?? '');

    expect(named.filter((script) => !(script in SCRIPTS))).toEqual([]);
  });

  it.skipIf(path === 'CHANGELOG.md')(`${path} names only files of this repository that exist`, () => {
    const named = [...text.matchAll(/`((?:bin|docs|lambda|lib|local|ops|test)\/[\w./-]+)`/g)].map(
      ([, file]) => file ?? '',
    );

    expect(named.filter((file) => !existsSync(join(ROOT, file)))).toEqual([]);
  });

  it.skipIf(path === 'CHANGELOG.md')(`${path} names no source file that exists in no folder`, () => {
    const named = [...text.matchAll(/`([\w.-]+\.ts)`/g)].map(([, name]) => name ?? '');

    expect(named.filter((name) => !SOURCES.has(name))).toEqual([]);
  });
});

it('every page of docs is linked from another one', () => {
  const linked = PAGES.flatMap((path) =>
    [...readText(path).matchAll(/\]\(([^)#\s]+)/g)].map(([, link]) =>
      posix.join(posix.dirname(path), link ?? ''),
    ),
  ).map((target) => target.replace(/\/$/, '/README.md'));

  expect(PAGES.filter((path) => path.startsWith('docs/') && !linked.includes(path))).toEqual([]);
});

it('README.md and local/README.md show code', () => {
  const shows = (path: string) => readText(path).includes('\n```ts\n');

  expect(PAGES.filter(shows)).toEqual(expect.arrayContaining(['README.md', 'local/README.md']));
});

it('docs/decisions/README.md lists every decision under its title, without gaps in the numbers', () => {
  const index = readText('docs/decisions/README.md');
  const pages = PAGES.filter((path) => /^docs\/decisions\/\d/.test(path));
  const rows = pages.map((path, position) => {
    const [, title] = /^# \d+\. (.+)$/m.exec(readText(path)) ?? [];
    return `| [${position + 1}](${posix.basename(path)}) | ${title} |`;
  });

  expect(rows.filter((row) => !index.includes(row))).toEqual([]);
});
