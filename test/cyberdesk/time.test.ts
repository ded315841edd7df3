import { expect, it } from 'vitest';
import { parseTime } from '../../lambda/cyberdesk/time.ts';

it('parseTime reads the same moment in every spelling', () => {
  const moment = Date.UTC(2026, 10, 25, 10, 0, 0, 123);
  for (const text of [
    '2026-11-25T10:00:00.123Z',
    '2026-11-25T10:00:00.123z',
    '2026-11-25T10:00:00.123456+00:00',
    '2026-11-25T11:00:00.123+01:00',
    '2026-11-25T11:00:00.123+0100',
    '2026-11-25T05:00:00.123-05:00',
    '2026-11-25T10:00:00.123999',
  ]) {
    expect(parseTime(text), text).toBe(moment);
  }
});

it.each([undefined, null, '', 'soon', 1764064800, {}, '2026-13-45T10:00:00Z'])(
  'parseTime returns nothing for %j',
  (value) => {
    expect(parseTime(value)).toBeUndefined();
  },
);
