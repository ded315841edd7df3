import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { createContext } from '../../ops/cli/command.ts';
import { processIo } from '../../ops/cli/io.ts';
import { createProgram } from '../../ops/program.ts';

const page = await readFile(join(import.meta.dirname, '../../docs/operate.md'), 'utf8');

it('docs/operate.md names every verb, and only options that exist', () => {
  const program = createProgram(createContext(processIo()));
  for (const verb of program.commands) expect(page, verb.name()).toContain(`| \`${verb.name()}`);
  const known = program.commands
    .flatMap((verb) => [verb, ...verb.commands])
    .flatMap(({ options }) => options.flatMap(({ long }) => long ?? []));
  const named = [...page.matchAll(/`[^`\n]*?(--[a-z][a-z-]+)/g)].map(([, option]) => option);
  expect(named.filter((option) => !known.includes(option as string) && option !== '--help')).toEqual([]);
});
