import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { listTexts, ROOT, readText } from './repository.ts';

/** A transcript in a page: its name and its text. */
const BLOCK = /<!-- transcript: ([\w-]+) -->\n```\n([\s\S]*?)\n```\n/g;

/** A page shows a transcript that nothing records. */
class UnknownTranscriptError extends Error {
  override name = 'UnknownTranscriptError';
}

const listPages = (): string[] => listTexts().filter((path) => path.endsWith('.md'));

/** Transcripts that the pages show, by name. */
export const shownTranscripts = (): Map<string, string> =>
  new Map(
    listPages().flatMap((page) =>
      [...readText(page).matchAll(BLOCK)].map(([, name, text]): [string, string] => [name ?? '', text ?? '']),
    ),
  );

/** Writes transcripts into the pages that show them. @throws UnknownTranscriptError */
export function updatePages(recorded: ReadonlyMap<string, string>): void {
  for (const page of listPages()) {
    const before = readText(page);
    const after = before.replace(BLOCK, (_, name: string) => {
      const text = recorded.get(name);
      if (text === undefined)
        throw new UnknownTranscriptError(`${page}: nothing records the transcript "${name}"`);
      return `<!-- transcript: ${name} -->\n\`\`\`\n${text}\n\`\`\`\n`;
    });
    if (after !== before) writeFileSync(join(ROOT, page), after);
  }
}

/** What differs from one recording to the next. Columns are as wide as what they hold, so spaces and broken lines differ, too. */
const VARYING: readonly (readonly [RegExp, string])[] = [
  [/[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}/g, '<id>'],
  [/\d{4}-\d\d-\d\dT[\d:.]+Z/g, '<time>'],
  [/\bjust now\b|\b\d+ ?(s|m|h|d) ago\b/g, '<ago>'],
  [/\b127\.0\.0\.1:\d+/g, '127.0.0.1:<port>'],
  [/[\d.]+ (ms|s|min)\b/g, '<duration>'],
  [/\n {4,}/g, ' '],
  [/ {2,}/g, ' '],
];

/** A transcript without ids, times, ports and durations. */
export const maskTranscript = (text: string): string =>
  VARYING.reduce((masked, [pattern, name]) => masked.replace(pattern, name), text);
