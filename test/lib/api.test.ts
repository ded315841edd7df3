import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { readEntries } from '../house/api/entries.ts';
import { readApi } from '../house/api/read.ts';
import { renderApi } from '../house/api/render.ts';

/** The API of a package that exports everything in `source`. */
function apiOf(names: string, source: string) {
  const folder = mkdtempSync(join(tmpdir(), 'cyberdesk-api-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  writeFileSync(join(folder, 'index.ts'), `export type { ${names} } from './source.ts';`);
  writeFileSync(join(folder, 'source.ts'), source);
  return readApi(join(folder, 'index.ts'));
}

describe('API.md', () => {
  it('API.md is up to date; if not, run npm run docs:api', () => {
    expect(readFileSync('API.md', 'utf8')).toBe(renderApi(readEntries()));
  });

  it('API.md documents each exported member with its type and default', () => {
    const [settings] = apiOf(
      'Settings',
      `/** All settings. */
       export interface Settings {
         /**
          * Number of tries,
          * at least one.
          *
          * @default 5
          */
         readonly tries?: number;
       }`,
    );

    expect(settings).toMatchObject({
      text: 'All settings.',
      members: [
        {
          name: 'tries',
          type: 'number',
          optional: true,
          text: 'Number of tries, at least one.',
          tags: { default: '5' },
        },
      ],
    });
  });

  it('API.md documents the parameters and the result of an exported arrow function', () => {
    const [add] = apiOf(
      'add',
      `/**
        * Adds.
        *
        * @param a The first
        * number.
        * @param b The second one.
        */
       export const add = (a: number, b = 1): number => a + b;`,
    );

    expect(add).toMatchObject({
      type: '(a: number, b = 1): number',
      text: 'Adds.',
      params: { a: 'The first number.', b: 'The second one.' },
    });
  });

  it('API.md documents each entry of the package', () => {
    expect(readEntries().map(({ name }) => name)).toEqual([
      'cyberdesk-webhooks',
      'cyberdesk-webhooks/rules',
      'cyberdesk-webhooks/testing',
      'cyberdesk-webhooks/delivery',
      'cyberdesk-webhooks/cyberdesk',
      'cyberdesk-webhooks/sdk',
    ]);
  });

  it.each([
    ['an export', 'export interface Settings {}', 'Settings'],
    ['a member', '/** All settings. */\nexport interface Settings { tries: number }', 'tries'],
  ])('API.md cannot be generated while %s has no doc comment', (_, source, name) => {
    expect(() => apiOf('Settings', source)).toThrow(`source.ts: ${name} has no doc comment`);
  });

  it('API.md documents a default for every optional prop and setting', () => {
    const exports = readEntries().flatMap((entry) => entry.exports);
    const open = exports.flatMap(({ name: owner, members }) =>
      members
        .filter(({ optional, tags }) => optional && tags.default === undefined)
        .map(({ name }) => `${owner}.${name}`),
    );

    expect(open).toEqual([]);
  });
});
