import { expect, it } from 'vitest';
import { isDefinite } from '../../../lambda/core/model/reasons.ts';
import { retryDelay } from '../../../lambda/core/model/time.ts';
import { readMessage } from '../../../lambda/core/process/read-message.ts';

it.each([
  [{ v: 1, event: 'e' }],
  [{ v: 1, event: 'e', reopen: 3 }],
  [{ v: 1, event: 'x'.repeat(512), unknown: true }],
])('reads %j', (content) => {
  const read = readMessage(JSON.stringify(content));
  expect(read).toMatchObject({ kind: 'event', message: { v: 1, event: content.event } });
});

it.each([{ v: 2, event: 'e' }, { v: 7, event: '', payload: 'later' }, { v: 2 }, { v: 3, events: ['a'] }])(
  'leaves %j to a later release',
  (content) => {
    expect(readMessage(JSON.stringify(content))).toEqual({ kind: 'from_the_future' });
  },
);

it.each([
  'text',
  '',
  'null',
  '[]',
  '{}',
  '{"v":1}',
  '{"v":1,"event":""}',
  '{"v":1,"event":5}',
  '{"v":0,"event":"e"}',
  '{"v":1.5,"event":"e"}',
  '{"v":2.5,"event":"e"}',
  '{"v":"2"}',
  '[2]',
  '{"v":1,"event":"e","reopen":0}',
  '{"v":1,"event":"e","reopen":1.5}',
  `{"v":1,"event":"${'x'.repeat(513)}"}`,
])('knows %s as garbage', (body) => {
  expect(readMessage(body)).toEqual({ kind: 'garbage' });
});

it('doubles the delay between tries from 5 s to an hour', () => {
  expect([0, 1, 2, 9, 10, 11, 1000].map(retryDelay)).toEqual([
    5_000, 10_000, 20_000, 2_560_000, 3_600_000, 3_600_000, 3_600_000,
  ]);
});

it('knows what a redrive plans afresh', () => {
  const definite = [
    'rule_threw',
    'reference_misplaced',
    'depth_exceeded',
    'refused',
    'secret_not_allowed',
    'secret_missing',
    'attachment_missing',
    'attachment_too_large',
    'body_lost',
  ] as const;
  for (const reason of definite) expect(isDefinite(reason), reason).toBe(true);
  for (const reason of ['outcome_unknown', 'exhausted', 'crashed', 'garbage'] as const) {
    expect(isDefinite(reason), reason).toBe(false);
  }
});
