import { expect, it } from 'vitest';
import { fuzzDoor } from './door.ts';

it('the verifier accepts mutated requests if and only if their signature is valid', async () => {
  const figures = await fuzzDoor(3000, 11);

  // The mutations produce both kinds of requests.
  expect(figures.accepted).toBeGreaterThan(300);
  expect(figures.rejected).toBeGreaterThan(1000);
  // Forged requests must not cause calls to Secrets Manager: two per fetch, and at most one fetch in five seconds.
  expect(figures.secretCalls).toBeLessThan(figures.requests / 100);
});
