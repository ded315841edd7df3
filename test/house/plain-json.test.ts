import { describe, expect, it } from 'vitest';
import { countLossy, PLAIN } from './plain-json.ts';
import { listTexts, readText } from './repository.ts';

describe('plain JSON parsing', () => {
  it('plain JSON parsing happens only where no payload is written again', () => {
    const found = listTexts()
      .filter((path) => /^(lambda|lib|ops|local|bin)\/.*\.[mc]?[tj]s$/.test(path))
      .map((path): [string, number] => [path, countLossy(readText(path))])
      .filter(([, times]) => times > 0);

    // Another place: use `parseExact` or `copyJson`, or add it to the list with its reason.
    expect(Object.fromEntries(found)).toEqual(
      Object.fromEntries(Object.entries(PLAIN).map(([path, { times }]) => [path, times])),
    );
  });

  it('plain JSON parsing is found in code, and not in comments', () => {
    const text =
      '/** `JSON.parse` */\n// JSON.parse\nconst a = JSON.parse(b), c = await d.json();\nmap(JSON.parse)';

    expect(countLossy(text)).toBe(3);
  });
});
