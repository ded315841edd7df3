import { afterEach, expect, it, vi } from 'vitest';
import { CredentialsMissingError, defaultProvider } from '../../lambda/adapters/environment-credentials.ts';

afterEach(() => vi.unstubAllEnvs());

const set = (variables: Record<string, string | undefined>) => {
  for (const [name, value] of Object.entries(variables)) vi.stubEnv(name, value);
};

it('the provider returns the credentials that the environment has at the moment of the call', async () => {
  const provider = defaultProvider();
  set({ AWS_ACCESS_KEY_ID: 'id', AWS_SECRET_ACCESS_KEY: 'key', AWS_SESSION_TOKEN: 'token' });

  expect(await provider()).toEqual({ accessKeyId: 'id', secretAccessKey: 'key', sessionToken: 'token' });
});

it('the provider returns no session token where the environment has none', async () => {
  set({ AWS_ACCESS_KEY_ID: 'id', AWS_SECRET_ACCESS_KEY: 'key', AWS_SESSION_TOKEN: undefined });

  expect(await defaultProvider()()).toEqual({ accessKeyId: 'id', secretAccessKey: 'key' });
});

it.each(['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY'])('the provider fails without %s', async (name) => {
  set({ AWS_ACCESS_KEY_ID: 'id', AWS_SECRET_ACCESS_KEY: 'key', [name]: undefined });

  await expect(defaultProvider()()).rejects.toThrow(CredentialsMissingError);
});
