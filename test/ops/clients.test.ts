import { afterEach, expect, it, vi } from 'vitest';
import { sdkSettings } from '../../ops/stage/clients.ts';

afterEach(() => void vi.unstubAllEnvs());

it('keys of the environment go before its profile, as for cdk and AWS itself', () => {
  vi.stubEnv('AWS_PROFILE', 'another-account');
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'AKIA');
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 's');
  vi.stubEnv('AWS_SESSION_TOKEN', 't');

  expect(sdkSettings({}).credentials).toEqual({
    accessKeyId: 'AKIA',
    secretAccessKey: 's',
    sessionToken: 't',
  });
});
