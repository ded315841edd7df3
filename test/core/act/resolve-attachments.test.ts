import { expect, it } from 'vitest';
import {
  MAX_ATTACHMENT_BYTES,
  type Resolution,
  resolvePlaceholders,
} from '../../../lambda/core/act/resolve-placeholders.ts';
import type { ActionRecord, Pin, Placeholder } from '../../../lambda/core/model/index.ts';
import { sha256 } from '../../../lambda/core/model/keys.ts';
import { answered, callFailure, TestCyberdesk } from '../support/cyberdesk.ts';
import { actionRecord } from '../support/items.ts';
import { TestSecrets } from '../support/secrets.ts';

function createPorts(files: Record<string, Uint8Array> = {}) {
  const cyberdesk = new TestCyberdesk();
  cyberdesk.answers.getAttachment = (id, maxBytes) => {
    const content = files[id];
    if (!content) return callFailure({ status: 404 });
    const facts = { filename: `${id}.txt`, bytes: content.byteLength };
    return answered(content.byteLength > maxBytes ? facts : { ...facts, content });
  };
  return { secrets: new TestSecrets(), cyberdesk };
}
const resolve = (ports: ReturnType<typeof createPorts>, action: ActionRecord, body: string) =>
  resolvePlaceholders({ ...ports, settings: { sensitiveSecretArns: [] } }, action, body, { until: 9 });
const actionWith = (placeholders: Placeholder[], pins?: Pin[]) =>
  actionRecord({ placeholders, ...(pins && { pins }) });

const placeholders: Placeholder[] = [
  { path: ['f', '0'], attachments: { ids: ['a', 'b'] } },
  { path: ['f', '2'], attachments: { ids: ['c'] } },
];
const files = actionWith(placeholders);
const contents = { a: Buffer.from('A'), b: Buffer.from('B'), c: Buffer.from('C') };
const fileBody = '{"f":[null,{"filename":"x","content":"eA=="},null]}';

const filesOf = (resolution: Resolution) =>
  resolution.kind === 'resolved' ? JSON.parse(resolution.body).f : undefined;

it('attachments are put in their places, and their hashes are pinned', async () => {
  const resolved = await resolve(createPorts(contents), files, fileBody);

  expect(resolved).toMatchObject({
    pins: [{ hashes: [sha256('A'), sha256('B')] }, { hashes: [sha256('C')] }],
  });
  expect(filesOf(resolved)).toEqual([
    { filename: 'a.txt', content: 'QQ==' },
    { filename: 'b.txt', content: 'Qg==' },
    { filename: 'x', content: 'eA==' },
    { filename: 'c.txt', content: 'Qw==' },
  ]);
});

it('attachments may replace a whole value', async () => {
  const whole = actionWith([{ path: ['f'], attachments: { ids: ['a'] } }]);
  expect(await resolve(createPorts(contents), whole, '{"f":null}')).toMatchObject({
    body: '{"f":[{"filename":"a.txt","content":"QQ=="}]}',
  });

  const none = actionWith([{ path: ['f', '0'], attachments: { ids: [] } }]);
  expect(await resolve(createPorts(), none, '{"f":[null]}')).toMatchObject({
    body: '{"f":[]}',
    pins: [{ hashes: [] }],
  });
});

it('an attachment that has changed since the first attempt is refused', async () => {
  const pins = [{ hashes: [sha256('A'), sha256('B')] }, { hashes: [sha256('other')] }];
  expect(await resolve(createPorts(contents), actionWith(placeholders, pins), fileBody)).toEqual({
    kind: 'refused',
    reason: 'attachment_missing',
  });
});

it('attachments that have not changed since the first attempt are sent again', async () => {
  const pins = [{ hashes: [sha256('A'), sha256('B')] }, { hashes: [sha256('C')] }];
  const resolved = await resolve(createPorts(contents), actionWith(placeholders, pins), fileBody);

  expect(resolved).toMatchObject({ kind: 'resolved', pins });
  expect(filesOf(resolved)).toHaveLength(4);
});

it.each([
  ['without its content', { bytes: 1 }],
  ['larger than was asked for', { bytes: MAX_ATTACHMENT_BYTES + 1, content: Buffer.from('A') }],
])('an attachment that is answered %s is too large', async (_, file) => {
  const ports = createPorts();
  ports.cyberdesk.answers.getAttachment = () => answered({ filename: 'a.txt', ...file });

  expect(await resolve(ports, files, fileBody)).toEqual({ kind: 'refused', reason: 'attachment_too_large' });
});

it('attachments are limited in size, all of a request together', async () => {
  const half = Buffer.alloc(MAX_ATTACHMENT_BYTES / 2);
  const one = actionWith([{ path: ['f', '0'], attachments: { ids: ['a', 'b'] } }]);

  expect(await resolve(createPorts({ a: half, b: half }), one, '{"f":[null]}')).toHaveProperty(
    'kind',
    'resolved',
  );

  const more = { a: half, b: Buffer.alloc(half.byteLength + 1) };
  expect(await resolve(createPorts(more), one, '{"f":[null]}')).toEqual({
    kind: 'refused',
    reason: 'attachment_too_large',
  });

  const two = actionWith([
    { path: ['f', '0'], attachments: { ids: ['a'] } },
    { path: ['f', '1'], attachments: { ids: ['b'] } },
  ]);

  expect(await resolve(createPorts({ a: half, b: half }), two, '{"f":[null,null]}')).toHaveProperty(
    'kind',
    'resolved',
  );
  expect(await resolve(createPorts(more), two, '{"f":[null,null]}')).toEqual({
    kind: 'refused',
    reason: 'attachment_too_large',
  });
});

it.each([404, 410, 422, 400, 405])('an attachment that is answered with %i is missing', async (status) => {
  const ports = createPorts();
  ports.cyberdesk.answers.getAttachment = () => callFailure({ status });

  expect(await resolve(ports, files, fileBody)).toEqual({ kind: 'refused', reason: 'attachment_missing' });
});

it.each([401, 429, 503, undefined])('an attachment that is answered with %s is retried', async (status) => {
  const ports = createPorts();
  const failure = callFailure(status ? { status } : {});
  ports.cyberdesk.answers.getAttachment = () => failure;

  expect(await resolve(ports, files, fileBody)).toEqual({ kind: 'unanswered', failure });
});
