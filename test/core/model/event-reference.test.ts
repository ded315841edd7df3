import { expect, it } from 'vitest';
import { eventReference, placeOfEvent } from '../../../lambda/core/model/event-reference.ts';

const place = { region: 'eu-central-1', tableName: 'Prod.Events-1_a', eventId: 'event-1' };

it('a reference to a stored event names its region, table and id', () => {
  expect(eventReference(place)).toBe('dynamodb://eu-central-1/Prod.Events-1_a/event-1');
  expect(placeOfEvent('dynamodb://eu-central-1/Prod.Events-1_a/event-1')).toEqual(place);
});

it('a reference keeps an event id that contains slashes, spaces and other letters', () => {
  const strange = { ...place, eventId: 'a/b c/é%?' };

  expect(eventReference(strange)).not.toContain('a/b');
  expect(placeOfEvent(eventReference(strange))).toEqual(strange);
});

it.each([
  ['of another scheme', 'https://eu-central-1/table/event-1'],
  ['with something before it', 'see dynamodb://eu-central-1/table/event-1'],
  ['with something after the id', 'dynamodb://eu-central-1/table/event-1/more'],
  ['without a region', 'dynamodb:///table/event-1'],
  ['without an id', 'dynamodb://eu-central-1/table/'],
  ['to a table that no table can be named', 'dynamodb://eu-central-1/ta ble/event-1'],
  ['that is empty', ''],
])('a reference %s is no place of an event', (_, reference) => {
  expect(placeOfEvent(reference)).toBeUndefined();
});
