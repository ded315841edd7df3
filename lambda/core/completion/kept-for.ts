import { DAY } from '../model/index.ts';

/** Where bodies are kept for hardly longer than what is unfinished needs, they are renewed once a day. */
const RENEWED_EVERY = DAY;

/**
 * How long the body of something unfinished is kept, in milliseconds: it is renewed when less than `ahead` is left, for
 * `length`, which is never longer than bodies are kept at all.
 *
 * @param wanted What should always be left.
 * @param isLastTime It ends as failed, so that nothing renews it again before a redrive.
 */
export const keptFor = (
  { bodyRetention }: { bodyRetention: number },
  wanted: number,
  isLastTime = false,
): { ahead: number; length: number } => ({
  ahead: Math.min(wanted, bodyRetention - (isLastTime ? 0 : RENEWED_EVERY)),
  length: Math.min(2 * wanted, bodyRetention),
});
