import { Webhook } from 'svix';
import { beforeEach, expect, it } from 'vitest';
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
const setCurrent = (value: string) => secrets.set(`${ID}#AWSCURRENT`, value);
const setPrevious = (value: string) => secrets.set(`${ID}#AWSPREVIOUS`, value);

beforeEach(() => {
  secrets = new TestSecrets();
  system = new TestSystem();
  cache = new SigningSecretCache({ secretId: ID, cache: 5 * MINUTE, previousGrace: 7 * DAY }, system);
});

function signedBy(secret: string) {
  const now = new Date();
  const timestamp = String(Math.floor(now.getTime() / 1000));
  return { id: 'msg_1', timestamp, signature: new Webhook(secret).sign('msg_1', now, body.toString()) };
}
const authenticateWith = (headers: Parameters<typeof authenticate>[2]) =>
  authenticate(cache, secrets, headers, body);
const authentic = (signer: string) => ({ kind: 'authentic', signer, svixId: 'msg_1' });

it('a delivery is authentic by the current or the previous secret', async () => {
  setCurrent(NEW);
  setPrevious(OLD);

  expect(await authenticateWith(signedBy(NEW))).toEqual(authentic('current'));
  expect(await authenticateWith(signedBy(OLD))).toEqual(authentic('previous'));
  expect(secrets.requests).toBe(2);
});

it('a delivery is authentic at once by a secret that was set since the last fetch', async () => {
  setCurrent(OLD);
  await authenticateWith(signedBy(OLD));
  setCurrent(NEW);
  setPrevious(OLD);

  expect(await authenticateWith(signedBy(NEW))).toEqual(authentic('current'));
  expect(secrets.requests).toBe(4);
});

it('a delivery is authentic by a secret that has become the previous one since the last fetch', async () => {
  setCurrent(OTHER);
  await authenticateWith(signedBy(OTHER));
  setCurrent(NEW);
  setPrevious(OLD);

  expect(await authenticateWith(signedBy(OLD))).toEqual(authentic('previous'));
});

it('a delivery that neither the cached nor the fresh secrets have signed is rejected', async () => {
  setCurrent(OLD);
  await authenticateWith(signedBy(OLD));
  setCurrent(NEW);

  expect(await authenticateWith(signedBy(OTHER))).toEqual({ kind: 'rejected' });

  system.time += MINUTE;
  expect(await authenticateWith(signedBy(OTHER))).toEqual({ kind: 'rejected' });
});

it('a delivery without its headers is rejected without another fetch', async () => {
  setCurrent(OLD);

  expect(await authenticateWith(undefined)).toEqual({ kind: 'rejected' });
  expect(secrets.requests).toBe(2);
});

it('no delivery is authenticated while no secret is set', async () => {
  expect(await authenticateWith(signedBy(OLD))).toEqual({ kind: 'not_configured' });
  expect(await authenticateWith(undefined)).toEqual({ kind: 'not_configured' });

  system.time += MINUTE;
  setPrevious(OLD);

  expect(await authenticateWith(signedBy(OLD))).toEqual(authentic('previous'));
});
