import { expect, it } from 'vitest';
import {
  BY_DAY_INDEX,
  eventKey,
  OPEN_INDEX,
  PAUSE_KEY,
  pieceKey,
  SWEEP_KEY,
  shownCompletionKeyOf,
  TTL_ATTRIBUTE,
} from '../../../lambda/core/model/index.ts';
import { eventItem } from '../support/items.ts';

// Tables that are deployed hold items under these names: another name would lose them.
it('the names under which items are stored stay as deployed tables have them', () => {
  expect(eventKey('event-1')).toEqual({ pk: 'event#event-1', sk: 'event' });
  expect(pieceKey('ab', 0)).toEqual({ pk: 'body#ab/0', sk: 'body' });
  expect(pieceKey('ab', 1, 'plan')).toEqual({ pk: 'plan#ab/1', sk: 'body' });
  expect(PAUSE_KEY).toEqual({ pk: 'control#pause', sk: 'pause' });
  expect(SWEEP_KEY).toEqual({ pk: 'control#sweep', sk: 'sweep' });
  expect([TTL_ATTRIBUTE, OPEN_INDEX, BY_DAY_INDEX]).toEqual(['ttl', 'open', 'by-day']);
});

it('a list shows the completion of an event, its own while no other is known, and none of an ignored one', () => {
  expect(shownCompletionKeyOf(eventItem({ ended_at: 5 }))).toEqual({ pk: 'run#run-1', sk: 'completion#5' });
  expect(shownCompletionKeyOf(eventItem())).toEqual({ pk: 'run#run-1', sk: 'completion#event:event-1' });
  expect(shownCompletionKeyOf({ ...eventItem(), status: 'scheduling' })).toBeUndefined();
});
