import { beforeEach, expect, it } from 'vitest';
import { OriginSecret, OriginSecretError } from '../../../lambda/core/authenticate/index.ts';
import { MINUTE, SECOND } from '../../../lambda/core/model/index.ts';
import { TestSecrets } from '../support/secrets.ts';
import { TestSystem } from '../support/system.ts';

const ID = 'origin';

let system: TestSystem;
let secrets: TestSecrets;
let origin: OriginSecret;

beforeEach(() => {
  system = new TestSystem();
  secrets = new TestSecrets();
  secrets.set(`${ID}#AWSCURRENT`, 'first');
  origin = new OriginSecret({ secretId: ID, cache: 5 * MINUTE }, system);
});

/** As Secrets Manager moves the labels when a value is put. */
function rotate(to: string): void {
  const current = secrets.values.get(`${ID}#AWSCURRENT`);
  if (current) secrets.values.set(`${ID}#AWSPREVIOUS`, current);
  secrets.set(`${ID}#AWSCURRENT`, to);
}

const matches = (header: string) => origin.matches(secrets, header);

it('the origin header has the current value or, after a rotation, the one before', async () => {
  expect(await matches('first')).toBe(true);
  rotate('second');
  system.time += 5 * MINUTE;

  expect(await matches('second')).toBe(true);
  expect(await matches('first')).toBe(true);
  rotate('third');
  system.time += 5 * MINUTE;
  expect(await matches('first')).toBe(false);
});

it('a previous value that cannot be read keeps no new one away, and what is known stays valid until it can be read', async () => {
  await matches('first');
  rotate('second');
  secrets.broken.add(`${ID}#AWSPREVIOUS`);
  system.time += 5 * MINUTE;

  for (let tries = 0; tries < 3; tries += 1) {
    expect(await matches('second')).toBe(true);
    expect(await matches('first')).toBe(true);
    system.time += 30 * SECOND;
  }
  rotate('third');
  secrets.broken.clear();

  expect(await matches('third')).toBe(true);
  expect(await matches('second')).toBe(true);
  expect(await matches('first')).toBe(false);
});

it('a first fetch needs the current value only', async () => {
  secrets.broken.add(`${ID}#AWSPREVIOUS`);

  expect(await matches('first')).toBe(true);
  expect(await matches('second')).toBe(false);
});

it.each([
  ['another value', 'second'],
  ['an empty value', ''],
  ['the beginning of the value', 'firs'],
  ['the value twice, as two headers are joined', 'first,first'],
])('the origin header does not match with %s', async (_, header) => {
  expect(await matches(header)).toBe(false);
});

it('forged headers cause no call of Secrets Manager, even in great number', async () => {
  await matches('first');
  const { requests } = secrets;

  for (let forged = 0; forged < 50; forged += 1) {
    system.time += SECOND;
    expect(await matches(`forged-${forged}`)).toBe(false);
  }
  expect(secrets.requests).toBe(requests);
});

it('values that are due and cannot be fetched stay in use, and are tried again no more than every half a minute', async () => {
  await matches('first');
  secrets.failing = true;
  system.time += 5 * MINUTE;
  const { requests } = secrets;

  for (let second = 0; second < 60; second += 1) {
    expect(await matches('first')).toBe(true);
    expect(await matches('forged')).toBe(false);
    system.time += SECOND;
  }
  expect(secrets.requests - requests).toBe(4);
});

it('while no value is known, no header passes, and forged ones do not hasten the next try', async () => {
  secrets.failing = true;

  for (let forged = 0; forged < 20; forged += 1) await expect(matches('x')).rejects.toThrow('is down');
  expect(secrets.requests).toBe(2);

  secrets.failing = false;
  system.time += 5 * SECOND;
  expect(await matches('first')).toBe(true);
});

it('while no value is known, a fetch is tried again every five seconds, also after several failures', async () => {
  secrets.failing = true;
  for (let tries = 0; tries < 4; tries += 1) {
    await expect(matches('first')).rejects.toThrow('is down');
    system.time += 5 * SECOND;
  }
  secrets.failing = false;

  expect(await matches('first')).toBe(true);
});

it.each(['missing', 'denied'] as const)(
  'a secret that is %s is an error that says what to check',
  async (kind) => {
    secrets.values.set(`${ID}#AWSCURRENT`, { kind });

    await expect(matches('first')).rejects.toThrow(OriginSecretError);
    await expect(matches('first')).rejects.toThrow(kind);
  },
);

it('a fetch that fails while the sandbox starts ends nothing, and the first request reports it', async () => {
  secrets.failing = true;
  origin.warm(secrets);
  await new Promise(setImmediate);

  await expect(matches('first')).rejects.toThrow('is down');
});
