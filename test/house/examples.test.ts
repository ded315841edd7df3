import { existsSync, readdirSync } from 'node:fs';
import { join, posix } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ROOT, readText } from './repository.ts';

const EXAMPLES = readdirSync(join(ROOT, 'examples'));

const filesOf = (name: string): string[] =>
  readdirSync(join(ROOT, 'examples', name), { recursive: true, encoding: 'utf8' }).map((file) =>
    `examples/${name}/${file}`.replaceAll('\\', '/'),
  );

it('README.md lists every example, and none that does not exist', () => {
  const listed = [...readText('README.md').matchAll(/\(examples\/([\w-]+)\/README\.md\)/g)].map(
    ([, name]) => name,
  );

  expect(listed.sort()).toEqual(EXAMPLES.sort());
});

/** The others are consumers in another language. */
const WITH_RULES = EXAMPLES.filter((name) => existsSync(join(ROOT, 'examples', name, 'follow-ups.ts')));

it('README.md has at least eight examples with rules', () => {
  expect(WITH_RULES.length).toBeGreaterThanOrEqual(8);
});

describe.each(WITH_RULES)('the example %s', (name) => {
  it(`examples/${name} has a test and a text of about ten lines`, () => {
    const files = filesOf(name);

    expect(files.filter((file) => file.endsWith('.test.ts'))).toHaveLength(1);
    const lines = readText(`examples/${name}/README.md`).split('\n').filter(Boolean);
    expect(lines.length).toBeLessThanOrEqual(16);
  });

  it(`examples/${name} imports only packages and its own files, so that it runs wherever it is copied to`, () => {
    const files = filesOf(name).filter((file) => file.endsWith('.ts'));
    const elsewhere = files.flatMap((file) =>
      [...readText(file).matchAll(/(?:from |import\()'(\.[^']+)'/g)]
        .map(([, specifier = '']) => posix.join(posix.dirname(file), specifier))
        .filter((target) => !files.includes(target)),
    );

    expect(elsewhere).toEqual([]);
    expect(files.filter((file) => readText(file).includes("'examples/"))).toEqual([]);
  });

  it(`examples/${name} has no code above 60 lines, and no secret in it`, () => {
    const code = filesOf(name).filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts'));

    expect(code.filter((file) => readText(file).split('\n').length > 60)).toEqual([]);
    expect(code.filter((file) => /whsec_|hooks\.slack\.com|:\/\/\w+:\w+@/.test(readText(file)))).toEqual([]);
  });
});
