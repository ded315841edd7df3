import { describe, expect, it } from 'vitest';
import { createCyberdeskClient } from '../../lambda/cyberdesk/client.ts';
import { InvalidClientSettingError } from '../../lambda/cyberdesk/options.ts';
import { startApi } from './setup.ts';

const make = (baseUrl: string) => () => createCyberdeskClient('cd_key', { baseUrl });

describe('the base URL', () => {
  it.each([
    'https://api.cyberdesk.io',
    'https://api.cyberdesk.io/',
    'https://proxy.example/cyberdesk/',
    'http://127.0.0.1:8788',
    'http://localhost:8788',
    'http://api.localhost:8788',
    'http://[::1]:8788',
  ])('the base URL can be %s', (baseUrl) => {
    expect(make(baseUrl)).not.toThrow();
  });

  it.each([
    ['', 'not a URL'],
    ['api.cyberdesk.io', 'not a URL'],
    ['http://api.cyberdesk.io', 'https://'],
    ['http://127.0.0.1.evil.example', 'https://'],
    ['http://localhost.evil.example', 'https://'],
    ['ftp://api.cyberdesk.io', 'https://'],
    ['https://user:hunter2@api.cyberdesk.io', 'a user'],
    ['https://api.cyberdesk.io?key=hunter2', 'query'],
    ['https://api.cyberdesk.io#x', 'fragment'],
  ])('the base URL cannot be %s', (baseUrl, hint) => {
    expect(make(baseUrl)).toThrow(InvalidClientSettingError);
    expect(make(baseUrl)).toThrow(hint);
    expect(make(baseUrl)).not.toThrow('hunter2');
  });

  it('the base URL keeps its path', async () => {
    const api = await startApi();
    await createCyberdeskClient('k', { baseUrl: `${api.url}/proxy/` }).runs.list();
    expect(api.state.requests[0]?.path).toBe('/proxy/v1/runs');
  });
});

describe('keys as header values', () => {
  it.each(['', ' ', 'canary with space', 'canary\nx-injected: 1', 'canary-ü'])(
    'an API key that cannot be a header value is rejected without being quoted: %j',
    async (key) => {
      const api = await startApi();
      const client = createCyberdeskClient(key, { baseUrl: api.url });
      const refusal = await client.runs.list().catch((error: unknown) => error);
      expect(refusal).toBeInstanceOf(InvalidClientSettingError);
      expect(String(refusal)).not.toContain('canary');
      expect(api.state.requests).toHaveLength(0);
    },
  );

  it('the API key of the client is trimmed, because pasted secrets end in a line break', async () => {
    const api = await startApi({ apiKey: 'cd_real' });
    const { error } = await createCyberdeskClient(' cd_real\n', { baseUrl: api.url }).runs.list();
    expect(error).toBeUndefined();
  });

  it('an idempotency key that cannot be a header value is rejected', async () => {
    const api = await startApi();
    const client = createCyberdeskClient('k', { baseUrl: api.url });
    const body = { workflow_id: crypto.randomUUID() };
    await expect(client.runs.create(body, { idempotencyKey: 'a\nb' })).rejects.toThrow(
      InvalidClientSettingError,
    );
    await expect(client.runs.create(body, { idempotencyKey: '' })).rejects.toThrow(InvalidClientSettingError);
  });
});
