import { beforeAll, describe, expect, it } from 'vitest';
import { maskTranscript, shownTranscripts } from './transcript-pages.ts';
import { recordTranscripts, TRANSCRIPTS } from './transcripts.ts';

const PATIENCE = 400_000;

describe('the transcripts of the documentation', () => {
  const shown = shownTranscripts();
  let recorded: ReadonlyMap<string, string>;

  beforeAll(async () => {
    recorded = await recordTranscripts();
  }, PATIENCE);

  it('the transcripts in the pages are those that are recorded', () => {
    expect([...shown.keys()].sort()).toEqual([...TRANSCRIPTS].sort());
  });

  it.each(TRANSCRIPTS)('"%s" is what the commands print ("npm run transcripts" writes it)', (name) => {
    expect(maskTranscript(shown.get(name) ?? '')).toBe(maskTranscript(recorded.get(name) ?? ''));
  });
});
