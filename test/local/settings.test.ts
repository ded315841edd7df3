import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readSettings } from '../../local/command/settings.ts';
import { EXAMPLE_NEXT_WORKFLOW_ID } from '../../local/cyberdesk-api/examples.ts';
import { checkWebhookSecret, generateWebhookSecret } from '../../local/emulators/seed.ts';
import { InvalidSettingError } from '../../local/errors.ts';
import { functionOverrides } from '../../local/sandbox/environment.ts';
import type { FunctionModel } from '../../local/template/model.ts';
import { PROJECT_ROOT } from '../../local/template/synth.ts';

describe('readSettings', () => {
  it('settings have defaults', () => {
    expect(readSettings({})).toEqual({
      stage: 'dev',
      keep: { folder: join(PROJECT_ROOT, '.cyberdesk-local', 'dev') },
      port: 8787,
      environment: {},
    });
  });

  it('settings are read from environment variables', () => {
    const secret = generateWebhookSecret();
    const env = {
      PORT: '9000',
      STAGE: 'prod',
      WEBHOOK_SECRET: secret,
      CYBERDESK_API_URL: 'https://api.example',
      CYBERDESK_API_KEY: 'key',
      LOCAL_REDELIVERY_SECONDS: 'queue',
      LOCAL_STATE: '/elsewhere',
      NEXT_WORKFLOW_ID: 'w',
      PATH: '/bin',
    };
    expect(readSettings(env)).toEqual({
      stage: 'prod',
      keep: { folder: resolve('/elsewhere/prod') },
      port: 9000,
      webhookSecret: secret,
      cyberdeskApiUrl: 'https://api.example',
      cyberdeskApiKey: 'key',
      redeliverySeconds: 'queue',
      environment: { NEXT_WORKFLOW_ID: 'w' },
    });
  });

  it.each([
    [{ PORT: 'x' }, /^PORT "x"/],
    [{ PORT: '65536' }, /^PORT/],
    [{ PORT: '1e3' }, /^PORT/],
    [{ PORT: '' }, /^PORT/],
    [{ STAGE: 'a b' }, /^STAGE "a b"/],
    [{ WEBHOOK_SECRET: '' }, /^WEBHOOK_SECRET/],
    [{ CYBERDESK_API_KEY: ' ' }, /^CYBERDESK_API_KEY/],
    [{ CYBERDESK_API_URL: '' }, /^CYBERDESK_API_URL/],
    [{ LOCAL_REDELIVERY_SECONDS: '-1' }, /^LOCAL_REDELIVERY_SECONDS/],
    [{ LOCAL_RIC: '/nowhere' }, /^LOCAL_RIC "\/nowhere"/],
  ])('%j is rejected in one line that names the variable', (env, message) => {
    expect(() => readSettings(env)).toThrow(InvalidSettingError);
    expect(() => readSettings(env)).toThrow(message);
  });
});

describe('checkWebhookSecret', () => {
  const good = generateWebhookSecret();

  it('a signing secret as Svix shows it is accepted', () => {
    expect(checkWebhookSecret(good)).toBe(good);
    expect(checkWebhookSecret(` ${good}\n`)).toBe(good);
  });

  it.each([good.slice(6), 'whsec_', 'whsec_!!!', `Whsec_${good.slice(6)}`])(
    'the signing secret may not be %j',
    (secret) => {
      expect(() => checkWebhookSecret(secret)).toThrow(InvalidSettingError);
    },
  );

  it('the error for a malformed signing secret does not contain it', () => {
    expect(() => checkWebhookSecret('whsec_canary!')).not.toThrow(/canary/);
  });
});

describe('functionOverrides', () => {
  const starter = {
    environment: { CYBERDESK_API_URL: 'x', LEASE_SECONDS: '60' },
  } as unknown as FunctionModel;
  const other = { environment: { TABLE_NAME: 't' } } as unknown as FunctionModel;

  it('the next workflow has a placeholder if the stage has no workflows', () => {
    expect(functionOverrides(starter, {})).toEqual({ NEXT_WORKFLOW_ID: EXAMPLE_NEXT_WORKFLOW_ID });
    const named = {
      environment: { ...starter.environment, BOOK_INVOICE_WORKFLOW_ID: 'w' },
    } as unknown as FunctionModel;
    expect(functionOverrides(named, {})).toEqual({});
  });

  it('given variables replace those that the function has; workflow ids also go to functions that start runs', () => {
    const given = { NEXT_WORKFLOW_ID: 'n', AUDIT_WORKFLOW_ID: 'a', LEASE_SECONDS: '5', UNKNOWN: '1' };
    expect(functionOverrides(starter, given)).toEqual({
      NEXT_WORKFLOW_ID: 'n',
      AUDIT_WORKFLOW_ID: 'a',
      LEASE_SECONDS: '5',
    });
    expect(functionOverrides(other, given)).toEqual({});
  });
});
