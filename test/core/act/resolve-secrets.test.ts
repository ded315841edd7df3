import { expect, it } from 'vitest';
import { resolvePlaceholders } from '../../../lambda/core/act/resolve-placeholders.ts';
import type { ActionRecord, Pin, Placeholder } from '../../../lambda/core/model/index.ts';
import { TestCyberdesk } from '../support/cyberdesk.ts';
import { actionRecord } from '../support/items.ts';
import { TestSecrets } from '../support/secrets.ts';

const createPorts = () => ({ secrets: new TestSecrets(), cyberdesk: new TestCyberdesk() });
const resolve = (ports: ReturnType<typeof createPorts>, action: ActionRecord, body: string) =>
  resolvePlaceholders({ ...ports, settings: { sensitiveSecretArns: ['arn'] } }, action, body, { until: 9 });
const actionWith = (placeholders: Placeholder[], pins?: Pin[]) =>
  actionRecord({ placeholders, ...(pins && { pins }) });
const password: Placeholder = { path: ['s', 'p'], secret: { id: 'arn' } };

it('a body without references stays as it is, byte for byte', async () => {
  const body = '{"b":1,  "a":2}';
  expect(await resolve(createPorts(), actionRecord(), body)).toEqual({ kind: 'resolved', body, pins: [] });
});

it('the first attempt uses the current version of a secret, and pins it', async () => {
  const ports = createPorts();
  ports.secrets.set('arn#AWSCURRENT', 'value', 'v7');

  expect(await resolve(ports, actionWith([password]), '{"s":{"p":null},"z":1}')).toEqual({
    kind: 'resolved',
    body: '{"s":{"p":"value"},"z":1}',
    pins: [{ version: 'v7' }],
  });
});

it('later attempts use exactly the pinned version of a secret', async () => {
  const ports = createPorts();
  ports.secrets.set('arn#AWSCURRENT', 'new', 'v8');
  ports.secrets.set('arn#v7', 'old', 'v7');
  const pinned = actionWith([password], [{ version: 'v7' }]);

  expect(await resolve(ports, pinned, '{"s":{"p":null}}')).toMatchObject({
    body: '{"s":{"p":"old"}}',
    pins: [{ version: 'v7' }],
  });

  ports.secrets.values.delete('arn#v7');
  expect(await resolve(ports, pinned, '{"s":{"p":null}}')).toEqual({
    kind: 'refused',
    reason: 'secret_missing',
    secret: { kind: 'empty', id: 'arn' },
  });
});

it('a field of a JSON secret is read', async () => {
  const ports = createPorts();
  const field = actionWith([{ path: ['s', 'p'], secret: { id: 'arn', field: 'pin' } }]);
  ports.secrets.set('arn#AWSCURRENT', '{"pin":{"deep":1}}');

  expect(await resolve(ports, field, '{"s":{"p":null}}')).toMatchObject({ body: '{"s":{"p":{"deep":1}}}' });

  const faults = { '{}': 'no_field', 'no json': 'not_json', null: 'no_field', 5: 'no_field' };
  for (const [value, kind] of Object.entries(faults)) {
    ports.secrets.set('arn#AWSCURRENT', value);
    expect(await resolve(ports, field, '{"s":{"p":null}}'), value).toEqual({
      kind: 'refused',
      reason: 'secret_missing',
      secret: { kind, id: 'arn', field: 'pin' },
    });
  }
});

it('a secret that the stage does not allow is not fetched', async () => {
  const ports = createPorts();
  const other = actionWith([{ path: ['s'], secret: { id: 'other' } }]);

  expect(await resolve(ports, other, '{"s":null}')).toEqual({
    kind: 'refused',
    reason: 'secret_not_allowed',
    secret: { kind: 'not_listed', id: 'other' },
  });
  expect(ports.secrets.requests).toBe(0);

  ports.secrets.values.set('arn#AWSCURRENT', { kind: 'denied' });
  expect(await resolve(ports, actionWith([password]), '{"s":{"p":null}}')).toEqual({
    kind: 'refused',
    reason: 'secret_not_allowed',
    secret: { kind: 'denied', id: 'arn' },
  });
});

it('an outage of Secrets Manager is not reported as a failure of Cyberdesk', async () => {
  const ports = createPorts();
  ports.secrets.failing = true;

  expect(await resolve(ports, actionWith([password]), '{"s":{"p":null}}')).toEqual({
    kind: 'unanswered',
    failure: { kind: 'failed', mayHaveTakenEffect: false, notAsked: true },
  });
});

it('a fault of a secret that is read whole names no field', async () => {
  const refusal = await resolve(createPorts(), actionWith([password]), '{"s":{"p":null}}');

  expect(refusal).toStrictEqual({
    kind: 'refused',
    reason: 'secret_missing',
    secret: { kind: 'empty', id: 'arn' },
  });
});

it('a secret in a list takes the place of its null', async () => {
  const ports = createPorts();
  ports.secrets.set('arn#AWSCURRENT', 'value');
  const inList = actionWith([{ path: ['s', '1'], secret: { id: 'arn' } }]);

  expect(await resolve(ports, inList, '{"s":["a",null,"b"]}')).toMatchObject({
    body: '{"s":["a","value","b"]}',
  });
});

it('an empty list of references pins nothing', async () => {
  expect(await resolve(createPorts(), actionWith([]), '{"a":1}')).toMatchObject({ pins: [] });
});

it('a field of a JSON secret may be nested deeper than JSON.stringify can write', async () => {
  const ports = createPorts();
  const deep = `${'['.repeat(20_000)}${']'.repeat(20_000)}`;
  ports.secrets.set('arn#AWSCURRENT', `{"pin":${deep}}`);
  const field = actionWith([{ path: ['s'], secret: { id: 'arn', field: 'pin' } }]);

  expect(await resolve(ports, field, '{"s":null}')).toMatchObject({ body: `{"s":${deep}}` });
});
