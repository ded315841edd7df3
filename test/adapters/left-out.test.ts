import { expect, it } from 'vitest';
import { EndpointCache } from '../../lambda/adapters/no-endpoint-cache.ts';
import { EventStreamSerde, eventStreamSerdeProvider } from '../../lambda/adapters/no-event-streams.ts';

it('a call with an event stream says what the bundle was made without', () => {
  expect(() => new EventStreamSerde()).toThrow(/build-options/);
  expect(eventStreamSerdeProvider).toThrow(/event-streams/);
});

it('a cache of endpoints that was left out knows none, so that calls go to the usual one', () => {
  const cache = new EndpointCache();
  cache.set();
  cache.delete();
  cache.clear();

  expect([cache.has(), cache.get(), cache.getEndpoint()]).toEqual([false, undefined, undefined]);
});
