import { expect, it } from 'vitest';
import { readMessage } from '../../../lambda/core/process/read-message.ts';

it.each([
  [{ v: 1, event: 'e' }],
  [{ v: 1, event: 'e', reopen: 3 }],
  [{ v: 1, event: 'x'.repeat(512), unknown: true }],
])('the message %j is read', (content) => {
  const read = readMessage(JSON.stringify(content));
  expect(read).toMatchObject({ kind: 'event', message: { v: 1, event: content.event } });
});

it.each([{ v: 2, event: 'e' }, { v: 7, event: '', payload: 'later' }, { v: 2 }, { v: 3, events: ['a'] }])(
  'the message %j is left to a later release',
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
])('the message %s is garbage', (body) => {
  expect(readMessage(body)).toEqual({ kind: 'garbage' });
});
