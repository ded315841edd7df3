// cspell:disable
import { describe, expect, it } from 'vitest';
import { findPhrases } from './phrases.ts';
import { listTexts, readText } from './repository.ts';

const EXCEPTED = ['test/house/phrases.ts', 'test/house/language.test.ts'];

describe('the language of the repository', () => {
  it('the repository has none of the phrases that a native speaker would not write', () => {
    const found = listTexts()
      .filter((path) => !EXCEPTED.includes(path))
      .flatMap((path) => findPhrases(path, readText(path)));

    expect(found).toEqual([]);
  });

  it('the repository never calls the command so that npx may download a package of a stranger', () => {
    const call = ['npx', 'cyberdesk-webhooks'].join(' ');
    const found = listTexts().filter((path) => readText(path).includes(call));

    expect(found).toEqual([]);
  });

  it('the search for phrases finds a planted one, even when it is broken over two lines of a comment', () => {
    expect(findPhrases('lib/a.ts', 'const a = 1;\n/** It would wait for\n * ever. */\n')).toEqual([
      { at: 'lib/a.ts:2', phrase: 'for ever', instead: 'forever' },
    ]);
  });
});
