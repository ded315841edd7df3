import { expect, it } from 'vitest';
import { MINUTE } from '../../lambda/core/model/time.ts';
import { RefusalLog } from '../../lambda/verifier/refusal-log.ts';

it('a refused delivery is logged once a minute for each reason, with the number of others since', () => {
  const lines: unknown[] = [];
  const log = new RefusalLog();
  const note = (reason: 'mismatch' | 'unsigned', now: number) =>
    log.note((_level, _message, ...[facts]) => void lines.push(facts), reason, now, { bytes: 5 });

  note('mismatch', 0);
  note('mismatch', 1);
  note('unsigned', 2);
  note('mismatch', MINUTE - 1);
  note('mismatch', MINUTE);
  note('mismatch', 2 * MINUTE);

  expect(lines).toEqual([
    { reason: 'mismatch', bytes: 5 },
    { reason: 'unsigned', bytes: 5 },
    { reason: 'mismatch', bytes: 5, more_since_last_line: 2 },
    { reason: 'mismatch', bytes: 5 },
  ]);
});
