import { beforeEach, expect, it } from 'vitest';
import { type EventItem, type Item, PAUSE_KEY } from '../../lambda/core/model/index.ts';
import { HOUR } from '../../lambda/core/model/time.ts';
import { START } from '../core/support/system.ts';
import { openEvent } from '../core/sweep/kit.ts';
import { Messages, type Work } from './messages.ts';
import { TableModel } from './model/table.ts';

const begun: Work = { stayedFinished: () => false };
let table: TableModel;
let messages: Messages;
let now: number;

beforeEach(() => {
  table = new TableModel();
  messages = new Messages(table);
  now = START;
  table.onPut = (item, before) => messages.onPut(item, before, now);
  table.force(openEvent({ event_id: 'e', received_at: new Date(START).toISOString() }, 0));
});

/** What the oracle says of a message of the sweeper, so many hours after the start. */
function sentAfter(hours: number): string | undefined {
  now = START + hours * HOUR;
  const complaint = messages.onSend('sweeper', 'e', begun, now);
  const event = table.get({ pk: 'event#e', sk: 'event' }) as EventItem;
  table.force({ ...event, resent_at: new Date(now).toISOString() });
  return complaint;
}

it('the oracle lets the sweeper send after 1, 3, 7 hours of silence and so on, then once a day', () => {
  for (const hours of [1, 3, 7, 15, 31, 55, 79]) expect(sentAfter(hours)).toBeUndefined();
});

it('the oracle catches a sweeper that sends every hour', () => {
  expect(sentAfter(1)).toBeUndefined();
  expect(sentAfter(2)).toMatch(/sent 2 messages for e in 2.0 silent hours/);
});

it.each<[string, Item]>([
  ['its completion', { pk: 'run#run-of-e', sk: 'completion#7', v: 1, tag: 'x' }],
  ['the pause', { ...PAUSE_KEY, v: 1, tag: 'x' }],
])('a write of %s is a sign of life to the oracle', (_, item) => {
  expect(sentAfter(1)).toBeUndefined();
  table.force(item);
  expect(sentAfter(2)).toBeUndefined();
});

it.each<[string, Item]>([
  ['another completion', { pk: 'run#another', sk: 'completion#7', v: 1, tag: 'x' }],
  ['the sweeper’s own cursor', { pk: 'control#sweep', sk: 'sweep', v: 1, tag: 'x' }],
])('a write of %s is not a sign of life', (_, item) => {
  expect(sentAfter(1)).toBeUndefined();
  table.force(item);
  expect(sentAfter(2)).toMatch(/silent hours/);
});
