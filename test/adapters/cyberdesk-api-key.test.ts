import { describe, expect, it } from 'vitest';
import { adapterOf, api, BODY, keysSent, limit, useApi } from './use-api.ts';

useApi();

describe('a refused API key', () => {
  it.each([401, 403])(
    'a refused API key is read again, and the call is repeated with the new key (%i)',
    async (status) => {
      const { cyberdesk, asked } = adapterOf(api, 'old', 'new');
      api.faults.plant({ call: 'cyberdesk:*', do: 'fail', status });

      expect(await cyberdesk.createRun(BODY, 'k', limit())).toMatchObject({ kind: 'answered' });

      expect(keysSent()).toEqual(['old', 'new']);
      expect(asked()).toBe(2);
      expect(api.state.requests.map(({ body }) => body.toString())).toEqual([BODY, BODY]);
    },
  );

  it.each([401, 403])('a refused API key is read again only once per call (%i)', async (status) => {
    const { cyberdesk, asked } = adapterOf(api, 'old', 'newer', 'newest');
    api.faults.plant({ call: 'cyberdesk:*', do: 'fail', status, times: 'always' });

    expect(await cyberdesk.createRun(BODY, 'k', limit())).toMatchObject({ kind: 'failed', status });

    expect(keysSent()).toEqual(['old', 'newer']);
    expect(asked()).toBe(2);
  });

  it('a refused API key is not tried again if it has not changed', async () => {
    const { cyberdesk, asked } = adapterOf(api, 'old');
    api.faults.plant({ call: 'cyberdesk:*', do: 'fail', status: 401, times: 'always' });

    const outcome = await cyberdesk.createRun(BODY, 'k', limit());

    expect(outcome).toMatchObject({ kind: 'failed', status: 401, mayHaveTakenEffect: false });
    expect(keysSent()).toEqual(['old']);
    expect(asked()).toBe(2);
  });

  it('a refused API key is read again by the next call', async () => {
    const { cyberdesk } = adapterOf(api, 'old', 'newer', 'newest');
    api.faults.plant({ call: 'cyberdesk:*', do: 'fail', status: 401, times: 2 });
    await cyberdesk.createRun(BODY, 'k', limit());
    api.faults.plant({ call: 'cyberdesk:*', do: 'fail', status: 401 });

    expect(await cyberdesk.createRun(BODY, 'k', limit())).toMatchObject({ kind: 'answered' });

    expect(keysSent()).toEqual(['old', 'newer', 'newer', 'newest']);
  });

  it('a refused API key that cannot be read again is reported as refused, and tried by the next call', async () => {
    const { cyberdesk } = adapterOf(api, 'old', new Error('down'));
    api.faults.plant({ call: 'cyberdesk:*', do: 'fail', status: 403 });

    const outcome = await cyberdesk.createRun(BODY, 'k', limit());

    expect(outcome).toMatchObject({ kind: 'failed', mayHaveTakenEffect: false, status: 403 });
    expect(await cyberdesk.createRun(BODY, 'k', limit())).toMatchObject({ kind: 'answered' });
    expect(keysSent()).toEqual(['old', 'old']);
  });
});

describe('without an API key', () => {
  it('no request is sent while the API key is not set', async () => {
    const { cyberdesk } = adapterOf(api, undefined);

    const outcome = await cyberdesk.createRun(BODY, 'k', limit());

    expect(outcome).toEqual({ kind: 'failed', mayHaveTakenEffect: false, keyNotSet: true });
    expect(api.state.requests).toEqual([]);
  });

  it('no request is sent while the API key cannot be read', async () => {
    const { cyberdesk } = adapterOf(api, new Error('down'));

    const outcome = await cyberdesk.createRun(BODY, 'k', limit());

    expect(outcome).toEqual({ kind: 'failed', mayHaveTakenEffect: false, notAsked: true });
    expect(api.state.requests).toEqual([]);
  });
});
