import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { expect, it } from 'vitest';
import {
  NODE_ENDPOINT_DISCOVERY_CONFIG_OPTIONS,
  resolveEndpointDiscoveryConfig,
} from '../../lambda/adapters/no-endpoint-discovery.ts';
import { EventStreamSerde, eventStreamSerdeProvider } from '../../lambda/adapters/no-event-streams.ts';
import { InvokeStore } from '../../lambda/adapters/no-invoke-store.ts';
import * as names from '../../lambda/adapters/process-names.ts';

it('a call with an event stream says what the bundle was made without', () => {
  expect(() => new EventStreamSerde()).toThrow(/build-options/);
  expect(eventStreamSerdeProvider).toThrow(/event-streams/);
});

it('a client without the search for endpoints keeps its settings, and no variable switches the search on', () => {
  const { config } = new DynamoDBClient({ region: 'eu-west-1' });
  const { environmentVariableSelector, configFileSelector } = NODE_ENDPOINT_DISCOVERY_CONFIG_OPTIONS;

  expect(resolveEndpointDiscoveryConfig(config)).toBe(config);
  expect([environmentVariableSelector(), configFileSelector()]).toEqual([undefined, undefined]);
});

it('a bundle has no store for several events at once, so that the trace comes from the environment', async () => {
  expect(await InvokeStore.getInstanceAsync()).toBeUndefined();
});

it('the names of the process are those that it has', () => {
  expect(names).toMatchObject({ env: process.env, versions: process.versions });
});
