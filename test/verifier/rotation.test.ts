import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { signingKey, useVerifier } from './support/use-verifier.ts';

const [OLD, NEW, OTHER] = [signingKey(1), signingKey(2), signingKey(3)];

const verifier = useVerifier('rotation', OLD);
const { secrets } = verifier;
const deliver = async (signedBy: string) => (await verifier.deliver(undefined, signedBy)).statusCode;

/** A stopped clock: everything happens within one refetch interval. */
beforeEach(() => void vi.useFakeTimers({ toFake: ['Date'] }));
afterEach(() => void vi.useRealTimers());

it('a webhook signed by a new secret is accepted although the sandbox has cached the old one', async () => {
  expect(await deliver(OLD)).toBe(200);
  Object.assign(secrets, { current: NEW, previous: OLD });

  expect(await deliver(NEW)).toBe(200);

  expect(verifier.calls).toEqual({ PutItem: 2, SendMessage: 2, GetSecretValue: 4 });
  expect(await deliver(OLD)).toBe(200);
  expect(verifier.calls.GetSecretValue).toBe(4);
});

it('a forged webhook is rejected with the fresh secret too, and does not cause another fetch', async () => {
  expect(await deliver(OLD)).toBe(200);
  Object.assign(secrets, { current: NEW, previous: OLD });

  expect(await deliver(OTHER)).toBe(400);
  expect(await deliver(OTHER)).toBe(400);

  expect(verifier.calls).toEqual({ PutItem: 1, SendMessage: 1, GetSecretValue: 4 });
  expect(await deliver(NEW)).toBe(200);
});
