import { existsSync } from 'node:fs';
import { join, posix } from 'node:path';
import { describe, expect, it } from 'vitest';
import { IMPORTED_FILES, OWN_FILES } from '../support/product.ts';
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

/** Whether the customer may have removed a file. */
const isRemovable = (target: string): boolean =>
  OWN_FILES.some(
    (own) => !IMPORTED_FILES.some((kept) => kept === own) && (target === own || target.startsWith(`${own}/`)),
  );

/** Code in TypeScript on a page, without the indentation of a list around it, and the file that it is said to be from. */
function codeBlocks(page: string) {
  const fenced =
    /^([ \t]*)(?:<!-- from: (\S+) -->\n[ \t]*)?```(?:ts|typescript)\b.*\n([\s\S]*?)\n[ \t]*```$/gm;
  return [...page.matchAll(fenced)].map(([, indent = '', file, code = '']) => ({
    file,
    code: code.replace(new RegExp(`^${indent}`, 'gm'), ''),
  }));
}

/** Whether a text has these lines, as they are or further to the right. */
const holds = (text: string, code: string): boolean =>
  ['', '  ', '    '].some((indent) => text.includes(code.replace(/^(?=.)/gm, indent)));

describe.each(PAGES)('%s', (path) => {
  const text = readText(path);

  it(`${path} links only to files that no customer may remove, and to headings that exist`, () => {
    const links = [...text.matchAll(/\]\((?!https?:)([^)\s]+)\)/g)].map(([, link]) => link ?? '');
    const broken = links.filter((link) => {
      const [file = '', anchor] = link.split('#');
      const target = file === '' ? path : posix.join(posix.dirname(path), file);
      if (!existsSync(join(ROOT, target)) || isRemovable(target)) return true;
      return anchor !== undefined && target.endsWith('.md') && !anchorsOf(readText(target)).includes(anchor);
    });

    expect(broken).toEqual([]);
  });

  it(`${path} shows code only as it stands in the file that it names`, () => {
    const differing = codeBlocks(text).filter(
      ({ file, code }) => file !== undefined && !holds(readText(file), code),
    );

    expect(differing).toEqual([]);
  });

  it(`${path} takes all code in TypeScript from files`, () => {
    expect(codeBlocks(text).filter(({ file }) => file === undefined)).toEqual([]);
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

it('llms.txt links to every page outside the decisions and the examples, and to no other file', () => {
  const linked = [...readText('llms.txt').matchAll(/\]\(([^)]+)\)/g)].map(([, link]) => link ?? '');
  const pages = PAGES.filter(
    (path) => !/^(docs\/decisions\/\d|examples\/|local\/cyberdesk-api\/)/.test(path),
  );

  expect(linked.sort()).toEqual(pages.sort());
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

it('code in a list counts as code, with or without the file that it is from', () => {
  const page =
    '1. Do:\n\n   ```ts\n   a: {\n     b,\n   },\n   ```\n\n   <!-- from: b.ts -->\n   ```ts\n   c\n   ```\n';

  expect(codeBlocks(page)).toEqual([
    { file: undefined, code: 'a: {\n  b,\n},' },
    { file: 'b.ts', code: 'c' },
  ]);
});

it('code is found where a file has it further to the right, but not where a line differs', () => {
  expect(holds('const x = {\n  a: {\n    b,\n  },\n};\n', 'a: {\n  b,\n},')).toBe(true);
  expect(holds('const x = {\n  a: {\n    c,\n  },\n};\n', 'a: {\n  b,\n},')).toBe(false);
});

it('the table that infrastructure.ts has in comments is the one of docs/own-code.md', () => {
  const example = 'examples/persist-dynamodb/infrastructure.ts';
  const shown = codeBlocks(readText('docs/own-code.md')).filter(({ file }) => file === example);
  const uncommented = readText('test/app/infrastructure.ts').replace(/^\/\/ ?/gm, '');

  expect(shown).toHaveLength(1);
  for (const { code } of shown) expect(holds(uncommented, code)).toBe(true);
});
