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

  it('the documentation shows exactly the transcripts that are recorded', () => {
    expect([...shown.keys()].sort()).toEqual([...TRANSCRIPTS].sort());
  });

  it.each(TRANSCRIPTS)(
    'the transcript "%s" is what the commands print ("npm run transcripts" writes it)',
    (name) => {
      expect(maskTranscript(shown.get(name) ?? '')).toBe(maskTranscript(recorded.get(name) ?? ''));
    },
  );
});

it('a mask hides ids, times, ports and durations, and nothing else', () => {
  const printed = (id: string, port: number, ms: number) =>
    `answered 200 accepted by http://127.0.0.1:${port} in ${ms} ms,  event test:${id}`;
  const [one, other] = ['5d7e4728-1dda-49ef-9fd5-841fa3022d0a', '00000000-1dda-49ef-9fd5-841fa3022d0a'];

  expect(maskTranscript(printed(one, 1024, 5))).toBe(maskTranscript(printed(other, 8787, 1234)));
  expect(maskTranscript(printed(one, 1024, 5))).toBe(
    'answered 200 accepted by http://127.0.0.1:<port> in <duration>, event test:<id>',
  );
});
