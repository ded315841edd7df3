import { it } from 'vitest';
import { actionKey } from './support/core.ts';
import { expectGolden } from './support/expect-golden.ts';

const identity = {
  installation: '111122223333/eu-central-1/CyberdeskWebhooks-dev',
  runId: 'run-1',
  completion: 'completion#1795600798123',
  rule: 'start-next',
  position: 0,
  generation: 0,
};

const identities = {
  plain: identity,
  'another installation': { ...identity, installation: '111122223333/eu-central-1/CyberdeskWebhooks-prod' },
  'a run whose id is a UUID': { ...identity, runId: '3f6c1b7e-2f0f-4c7e-9b55-0d0c5a6f1e2d' },
  'an ending that is the event itself': { ...identity, completion: 'completion#event:event-1' },
  'a rule with a name that is not ASCII': { ...identity, rule: 'übernächster "Schritt" 🚀' },
  'the third action': { ...identity, position: 2 },
  'the second round': { ...identity, generation: 1 },
};

it('the idempotency key of an action matches the recorded one', () => {
  const keys = Object.entries(identities).map(([name, of]) => [
    name,
    { of, key: actionKey({ ...of, subject: of.runId }) },
  ]);
  expectGolden('keys', Object.fromEntries(keys));
});
