import { expect, it } from 'vitest';
import { fuzzDoor } from './door.ts';

it('lets nothing in without a valid signature, and all that has one', async () => {
  const figures = await fuzzDoor(3000, 11);

  // The mutations reach both sides of the door, or it was not tried.
  expect(figures.accepted).toBeGreaterThan(300);
  expect(figures.rejected).toBeGreaterThan(1000);
  // Forged traffic must not drive calls to Secrets Manager: two per fetch, at most one fetch in five seconds.
  expect(figures.secretCalls).toBeLessThan(figures.requests / 100);
});
