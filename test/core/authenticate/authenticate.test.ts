import { Webhook } from 'svix';
import { beforeEach, describe, expect, it } from 'vitest';
import { authenticate } from '../../../lambda/core/authenticate/authenticate.ts';
import { SigningSecretCache } from '../../../lambda/core/authenticate/signing-secret.ts';
import { DAY, MINUTE } from '../../../lambda/core/model/time.ts';
import { TestSecrets } from '../support/secrets.ts';
import { TestSystem } from '../support/system.ts';

const key = (byte: number) => `whsec_${Buffer.alloc(24, byte).toString('base64')}`;
const [OLD, NEW, OTHER] = [key(1), key(2), key(3)];
const ID = 'signing';
const body = Buffer.from('{"a":1}');

let secrets: TestSecrets;
let cache: SigningSecretCache;
let system: TestSystem;
const current = (value: string) => secrets.set(`${ID}#AWSCURRENT`, value);
const previous = (value: string) => secrets.set(`${ID}#AWSPREVIOUS`, value);

beforeEach(() => {
  secrets = new TestSecrets();
  system = new TestSystem();
  cache = new SigningSecretCache({ secretId: ID, cache: 5 * MINUTE, previousGrace: 7 * DAY }, system);
});

function signed(by: string) {
  const now = new Date();
  const timestamp = String(Math.floor(now.getTime() / 1000));
  return { id: 'msg_1', timestamp, signature: new Webhook(by).sign('msg_1', now, body.toString()) };
}
const of = (headers: Parameters<typeof authenticate>[2]) => authenticate(cache, secrets, headers, body);
const authentic = (signer: string) => ({ kind: 'authentic', signer, svixId: 'msg_1' });

describe('a delivery', () => {
  it('is authentic by either secret, and says which', async () => {
    current(NEW);
    previous(OLD);
    expect(await of(signed(NEW))).toEqual(authentic('current'));
    expect(await of(signed(OLD))).toEqual(authentic('previous'));
    expect(secrets.requests).toBe(2);
  });

  it('is authentic by a secret that was set since the last look, at once', async () => {
    current(OLD);
    await of(signed(OLD));
    current(NEW);
    previous(OLD);
    expect(await of(signed(NEW))).toEqual(authentic('current'));
    expect(secrets.requests).toBe(4);
  });

  it('is authentic by one that has become the previous one since', async () => {
    current(OTHER);
    await of(signed(OTHER));
    current(NEW);
    previous(OLD);
    expect(await of(signed(OLD))).toEqual(authentic('previous'));
  });

  it('is rejected when the fresh secrets have not signed it either', async () => {
    current(OLD);
    await of(signed(OLD));
    current(NEW);
    expect(await of(signed(OTHER))).toEqual({ kind: 'rejected' });
    system.time += MINUTE;
    expect(await of(signed(OTHER))).toEqual({ kind: 'rejected' });
  });

  it('without its headers is rejected, and makes nobody ask again', async () => {
    current(OLD);
    expect(await of(undefined)).toEqual({ kind: 'rejected' });
    expect(secrets.requests).toBe(2);
  });

  it('cannot be judged while no secret is set, whoever has signed it', async () => {
    expect(await of(signed(OLD))).toEqual({ kind: 'not_configured' });
    expect(await of(undefined)).toEqual({ kind: 'not_configured' });
    system.time += MINUTE;
    previous(OLD);
    expect(await of(signed(OLD))).toEqual(authentic('previous'));
  });
});
